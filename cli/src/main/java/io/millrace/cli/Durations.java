package io.millrace.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Spans of time as people write them: `500ms`, `10s`, `1h30m`, `2d`. A bare number counts seconds.
final class Durations {

    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d|w)");
    private static final Pattern WHOLE = Pattern.compile("(?:\\d{1,9}(?:ms|s|m|h|d|w))+");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
    private static final Duration MAX_TIMEOUT = Duration.ofDays(24);

    private Durations() {}

    static boolean isDuration(String text) {
        return WHOLE.matcher(text).matches();
    }

    /// The span that `text` writes.
    ///
    /// @throws IllegalArgumentException when it writes none
    static Duration parse(String text) {
        if (SECONDS.matcher(text).matches()) return Duration.ofSeconds(Long.parseLong(text));
        if (!isDuration(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a duration such as 500ms, 10s, 2m or 1h30m");
        }
        var sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) sum = sum.plus(unit(part.group(2)).multipliedBy(Long.parseLong(part.group(1))));
        return sum;
    }

    private static Duration unit(String name) {
        return switch (name) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            case "d" -> Duration.ofDays(1);
            case "w" -> Duration.ofDays(7);
            default -> throw new IllegalArgumentException("no unit of time: " + name);
        };
    }

    /// For a message: `15 s`, `0.5 s`.
    static String shown(Duration span) {
        long millis = span.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1000.0 + " s";
    }

    /// A timeout on the command line: above zero and at most 24 days, which is what clients can count.
    static final class Converter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                var span = parse(text);
                if (span.isZero() || span.compareTo(MAX_TIMEOUT) > 0) {
                    throw new TypeConversionException("'" + text + "' is not between 1ms and 24d");
                }
                return span;
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
