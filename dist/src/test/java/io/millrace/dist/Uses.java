package io.millrace.dist;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What one compiled class names: read from its constant pool, so nothing that was compiled can hide.
///
/// @param name        the class itself, in internal form (`io/millrace/log/Log`)
/// @param classes     every class it names, in bodies, signatures and annotations
/// @param members     every member it names, as `java/lang/System#nanoTime`
/// @param annotations the annotations on the class itself, in internal form
record Uses(String name, Set<String> classes, Set<String> members, Set<String> annotations) {

    /// A class inside a descriptor or signature, such as `(Ljava/util/List<Ljava/lang/Thread;>;)V`.
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L((?:[\\w$]+/)+[\\w$]+)(?=[;<])");

    /// Reads a class file.
    static Uses of(byte[] classFile) {
        var model = ClassFile.of().parse(classFile);
        var classes = new TreeSet<String>();
        var members = new TreeSet<String>();
        for (var entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry used -> addClass(used.asInternalName(), classes);
                case MemberRefEntry used ->
                    members.add(
                            used.owner().asInternalName() + "#" + used.name().stringValue());
                case Utf8Entry text -> addDescriptor(text.stringValue(), classes);
                default -> {}
            }
        }
        return new Uses(model.thisClass().asInternalName(), classes, members, annotationsOf(model));
    }

    private static void addClass(String name, Set<String> classes) {
        if (name.startsWith("[")) addDescriptor(name, classes);
        else classes.add(name);
    }

    private static void addDescriptor(String text, Set<String> classes) {
        var matcher = IN_DESCRIPTOR.matcher(text);
        while (matcher.find()) classes.add(matcher.group(1));
    }

    private static Set<String> annotationsOf(ClassModel model) {
        var names = new TreeSet<String>();
        model.findAttribute(Attributes.runtimeVisibleAnnotations())
                .ifPresent(found -> found.annotations()
                        .forEach(annotation ->
                                addDescriptor(annotation.className().stringValue(), names)));
        return names;
    }
}
