package io.millrace.cli;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Trees of maps, lists, strings, numbers and nulls as JSON on one line.
final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /// An object whose fields keep the order in which they are given.
    ///
    /// @param namesAndValues name, value, name, value, ...
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    static String of(@Nullable Object tree) {
        var text = new StringWriter();
        try (var generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(generator, tree);
        }
        return text.toString();
    }

    static JsonGenerator generator(StringWriter into) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), into);
    }

    /// A parser of one document, which must be UTF-8.
    static JsonParser parser(byte[] document) {
        return FACTORY.createParser(ObjectReadContext.empty(), document);
    }

    private static void write(JsonGenerator into, @Nullable Object tree) {
        switch (tree) {
            case null -> into.writeNull();
            case String text -> into.writeString(text);
            case Boolean yes -> into.writeBoolean(yes);
            case Integer number -> into.writeNumber(number);
            case Byte number -> into.writeNumber(number.shortValue());
            case Short number -> into.writeNumber(number);
            case Long number -> into.writeNumber(number);
            case Double number -> into.writeNumber(number);
            case Map<?, ?> object -> {
                into.writeStartObject();
                object.forEach((name, value) -> {
                    into.writeName(String.valueOf(name));
                    write(into, value);
                });
                into.writeEndObject();
            }
            case Iterable<?> list -> {
                into.writeStartArray();
                list.forEach(item -> write(into, item));
                into.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no form in JSON for " + tree.getClass());
        }
    }
}
