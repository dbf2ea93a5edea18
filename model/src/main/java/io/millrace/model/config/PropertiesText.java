package io.millrace.model.config;

import java.util.ArrayList;
import java.util.List;

/// Reads the text of a property file as `java.util.Properties` does, and keeps the line of every entry.
///
/// Comments begin with `#` or `!`; the name ends at the first `=`, `:` or blank; a backslash at the end of
/// a line continues it; `\t`, `\n`, `\r`, `\f` and a `u` with four hexadecimal digits behind a backslash
/// are characters, any other backslash is dropped.
final class PropertiesText {

    /// One `name=value`.
    ///
    /// @param line    where it begins, from 1
    /// @param hasSign whether `=` or `:` stands between; a blank does as well, but so it does in prose
    record Entry(String name, String value, int line, boolean hasSign) {}

    /// A line that is no entry.
    record Broken(int line, String sentence) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<Broken> broken = new ArrayList<>();

    private PropertiesText() {}

    static PropertiesText of(String text) {
        var read = new PropertiesText();
        var lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\r\n|\r|\n", -1);
        for (int i = 0; i < lines.length; i++) {
            var line = withoutIndent(lines[i]);
            boolean isEmpty = line.isEmpty() || line.equals("\\");
            if (isEmpty || line.startsWith("#") || line.startsWith("!")) continue;
            int first = i;
            var whole = new StringBuilder();
            while (isContinued(line) && i + 1 < lines.length) {
                whole.append(line, 0, line.length() - 1);
                line = withoutIndent(lines[++i]);
            }
            whole.append(isContinued(line) ? line.substring(0, line.length() - 1) : line);
            if (!whole.isEmpty()) read.add(whole.toString(), first + 1);
        }
        return read;
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    List<Broken> broken() {
        return List.copyOf(broken);
    }

    private void add(String whole, int line) {
        int end = 0;
        while (end < whole.length() && !isEndOfName(whole.charAt(end))) end += whole.charAt(end) == '\\' ? 2 : 1;
        end = Math.min(end, whole.length());

        int value = end;
        while (value < whole.length() && isBlank(whole.charAt(value))) value++;
        boolean hasSign = value < whole.length() && (whole.charAt(value) == '=' || whole.charAt(value) == ':');
        if (hasSign) value++;
        while (value < whole.length() && isBlank(whole.charAt(value))) value++;

        try {
            var name = unescaped(whole.substring(0, end));
            if (name.isEmpty()) throw new IllegalArgumentException("has no name before the value");
            entries.add(new Entry(name, unescaped(whole.substring(value)), line, hasSign));
        } catch (IllegalArgumentException e) {
            broken.add(new Broken(line, "the line " + e.getMessage()));
        }
    }

    private static String unescaped(String text) {
        if (text.indexOf('\\') < 0) return text;
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            if (++i == text.length()) break;
            switch (text.charAt(i)) {
                case 't' -> plain.append('\t');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 'f' -> plain.append('\f');
                case 'u' -> {
                    plain.append(unicode(text, i + 1));
                    i += 4;
                }
                default -> plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    private static char unicode(String text, int from) {
        var digits = text.substring(from, Math.min(from + 4, text.length()));
        if (!digits.matches("[0-9a-fA-F]{4}"))
            throw new IllegalArgumentException("has \\u without four hexadecimal digits behind it");
        return (char) Integer.parseInt(digits, 16);
    }

    /// An odd number of backslashes at the end: the last one is not escaped itself.
    private static boolean isContinued(String line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') backslashes++;
        return backslashes % 2 == 1;
    }

    private static String withoutIndent(String line) {
        int from = 0;
        while (from < line.length() && isBlank(line.charAt(from))) from++;
        return line.substring(from);
    }

    private static boolean isEndOfName(char c) {
        return c == '=' || c == ':' || isBlank(c);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\f';
    }
}
