package io.millrace.cli;

import java.util.List;
import java.util.Locale;

/// How records are read or printed: `--format`.
sealed interface Format {

    List<String> NAMES = List.of("text", "json", "hex", "base64");

    /// One JSON object per line.
    record JsonLines() implements Format {}

    /// A value, perhaps with its key, in one of the codecs.
    record Plain(Codec codec) implements Format {}

    /// Places marked with `%` are filled in; see [Template].
    record Filled(Template template) implements Format {}

    /// The format called `text`; what holds a `%` is a template.
    static Format parse(String text) throws Failure {
        if (text.contains("%")) return new Filled(Template.parse(text));
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "json" -> new JsonLines();
            case "text" -> new Plain(Codec.TEXT);
            case "hex" -> new Plain(Codec.HEX);
            case "base64" -> new Plain(Codec.BASE64);
            default ->
                throw new Failure(
                        Exit.USAGE,
                        "no format is called '" + text + "'",
                        Nearest.to(text, NAMES)
                                .map(near -> "did you mean: " + near)
                                .orElse("formats: " + String.join(", ", NAMES) + ", or a template with %v"));
        };
    }
}
