package io.millrace.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/// Reads what a command printed as JSON into maps, lists, strings, longs, booleans and nulls.
final class JsonTree {

    private JsonTree() {}

    static Map<?, ?> object(String json) {
        return (Map<?, ?>) Objects.requireNonNull(of(json));
    }

    /// The object called `name`.
    static Map<?, ?> object(Map<?, ?> in, String name) {
        return (Map<?, ?>) Objects.requireNonNull(in.get(name), name);
    }

    /// The objects in the list called `name`.
    static List<Map<?, ?>> objects(Map<?, ?> in, String name) {
        var objects = new ArrayList<Map<?, ?>>();
        for (var item : (List<?>) Objects.requireNonNull(in.get(name), name)) objects.add((Map<?, ?>) item);
        return objects;
    }

    static @Nullable Object of(String json) {
        try (var parser = Json.parser(json.getBytes(StandardCharsets.UTF_8))) {
            parser.nextToken();
            var tree = value(parser);
            if (parser.nextToken() != null) throw new AssertionError("more than one document: " + json);
            return tree;
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var object = new LinkedHashMap<String, @Nullable Object>();
                for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != tools.jackson.core.JsonToken.END_ARRAY) list.add(value(parser));
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new AssertionError("unexpected " + parser.currentToken());
        };
    }
}
