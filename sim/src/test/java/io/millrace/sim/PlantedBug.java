package io.millrace.sim;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;

/// A defect that somebody might put into the log, or into a room beside it: one of its methods does something else.
///
/// @param name      what is wrong, as one would say it
/// @param invariant what that breaks
/// @param type      the class, with its room: `log.Segment`
/// @param method    its method; all of that name
/// @param slip      what it does instead
record PlantedBug(String name, String invariant, String type, String method, Slip slip) {

    /// How a method can go wrong.
    sealed interface Slip {

        /// It does nothing, and returns zero, false, null or no text.
        record Nothing() implements Slip {}

        /// It does nothing, and always says the same.
        record Returns(long value) implements Slip {

            Returns(boolean value) {
                this(value ? 1 : 0);
            }
        }

        /// It calls another method without arguments and returns what that does.
        record Becomes(String other) implements Slip {}

        /// It leaves out its calls of a method; where that returns something, it goes on with zero.
        record Without(String callee) implements Slip {}

        /// It works on another number than it was given.
        ///
        /// @param parameter which one, from 0
        record Given(int parameter, long value) implements Slip {}
    }

    /// The full name of the class.
    String className() {
        return "io.millrace." + type;
    }

    /// The class file with the bug in it.
    byte[] plant(byte[] sound) {
        var file = ClassFile.of();
        var model = file.parse(sound);
        if (model.methods().stream().noneMatch(each -> isMeant(each) && mayGoWrong(each))) {
            throw new IllegalStateException(
                    "%s.%s is not what it was any more: mend the planted bug '%s'".formatted(type, method, name));
        }
        return file.transformClass(model, (builder, element) -> {
            if (!(element instanceof MethodModel each) || !isMeant(each)) {
                builder.with(element);
            } else if (slip instanceof Slip.Without(var callee)) {
                builder.transformMethod(each, MethodTransform.transformingCode(without(callee)));
            } else if (slip instanceof Slip.Given given) {
                builder.transformMethod(each, MethodTransform.transformingCode(given(each, given)));
            } else {
                builder.withMethodBody(
                        each.methodName(), each.methodType(), each.flags().flagsMask(), code -> body(code, each));
            }
        });
    }

    private boolean isMeant(MethodModel each) {
        if (!each.methodName().equalsString(method) || each.flags().has(AccessFlag.ABSTRACT)) return false;
        return !(slip instanceof Slip.Given given) || takesNumber(each.methodTypeSymbol(), given.parameter());
    }

    private static boolean takesNumber(MethodTypeDesc type, int parameter) {
        if (parameter >= type.parameterCount()) return false;
        var kind = TypeKind.from(type.parameterType(parameter));
        return kind == TypeKind.LONG || kind.asLoadable() == TypeKind.INT;
    }

    /// Whether there is something in the method for the slip to change.
    private boolean mayGoWrong(MethodModel each) {
        if (!(slip instanceof Slip.Without(var callee))) return true;
        return each.code().stream().flatMap(CodeModel::elementStream).anyMatch(element -> isCallOf(callee, element));
    }

    private static boolean isCallOf(String callee, CodeElement element) {
        return element instanceof InvokeInstruction call && call.name().equalsString(callee);
    }

    private void body(CodeBuilder code, MethodModel each) {
        var returned = each.methodTypeSymbol().returnType();
        switch (slip) {
            case Slip.Becomes(var other) ->
                code.aload(0).invokevirtual(ClassDesc.of(className()), other, MethodTypeDesc.of(returned));
            case Slip.Returns(var value) -> number(code, TypeKind.from(returned), value);
            case Slip.Nothing _, Slip.Without _, Slip.Given _ -> zero(code, returned);
        }
        code.return_(TypeKind.from(returned));
    }

    private static CodeTransform without(String callee) {
        return (code, element) -> {
            if (element instanceof InvokeInstruction call && call.name().equalsString(callee)) {
                var type = call.typeSymbol();
                for (int i = type.parameterCount() - 1; i >= 0; i--) pop(code, type.parameterType(i));
                if (call.opcode() != Opcode.INVOKESTATIC) code.pop();
                zero(code, type.returnType());
            } else {
                code.with(element);
            }
        };
    }

    private static CodeTransform given(MethodModel method, Slip.Given given) {
        var kind = TypeKind.from(method.methodTypeSymbol().parameterType(given.parameter()));
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                number(code, kind, given.value());
                code.storeLocal(kind, code.parameterSlot(given.parameter()));
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {
                code.with(element);
            }
        };
    }

    private static void number(CodeBuilder code, TypeKind kind, long value) {
        if (kind == TypeKind.LONG) {
            code.loadConstant(value);
        } else {
            code.loadConstant((int) value);
        }
    }

    private static void pop(CodeBuilder code, ClassDesc type) {
        if (TypeKind.from(type).slotSize() == 2) {
            code.pop2();
        } else {
            code.pop();
        }
    }

    private static void zero(CodeBuilder code, ClassDesc type) {
        switch (TypeKind.from(type)) {
            case VOID -> {}
            case LONG -> code.lconst_0();
            case DOUBLE -> code.dconst_0();
            case FLOAT -> code.fconst_0();
            case REFERENCE -> {
                if (type.equals(ConstantDescs.CD_String)) {
                    code.ldc("");
                } else {
                    code.aconst_null();
                }
            }
            default -> code.iconst_0();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
