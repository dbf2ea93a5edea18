package io.millrace.http;

import java.util.Collection;
import java.util.stream.Collectors;

/// Writes the little JSON that this room says.
final class Json {

    private Json() {}

    static String text(String plain) {
        var quoted = new StringBuilder(plain.length() + 2).append('"');
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < ' ' || Character.isSurrogate(c)) quoted.append("\\u%04x".formatted((int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    static String list(Collection<String> plain) {
        return plain.stream().map(Json::text).collect(Collectors.joining(",", "[", "]"));
    }
}
