package io.millrace.model.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// One setting: its name, how its text becomes a value, which values are allowed, what it means.
///
/// Immutable: `allow` and `doc` return another key.
///
/// @param <T> the type of its value
/// @param name         as users write it, Kafka's name where Kafka has the same setting
/// @param type         the type that DescribeConfigs tells
/// @param defaultText  the default, as users would write it
/// @param parser       text to value; throws [IllegalArgumentException] with a reason in words
/// @param allowed      whether a parsed value may be used
/// @param range        what is allowed, in words
/// @param doc          what it does, in one or two sentences
public record ConfigKey<T>(
        String name, Type type, String defaultText, Parser<T> parser, Predicate<T> allowed, String range, String doc) {

    /// How the setting is typed towards clients.
    public enum Type {
        BOOLEAN,
        INT,
        LONG,
        DOUBLE,
        STRING,
        LIST
    }

    /// Turns text into a value, or throws [IllegalArgumentException] with the reason.
    @FunctionalInterface
    public interface Parser<T> {
        T parse(String text);
    }

    public static ConfigKey<Integer> number(String name, int byDefault) {
        return key(name, Type.INT, Integer.toString(byDefault), text -> {
            long value = whole(text);
            if (value != (int) value) throw new IllegalArgumentException("is out of the range of a 32-bit number");
            return (int) value;
        });
    }

    public static ConfigKey<Long> bigNumber(String name, long byDefault) {
        return key(name, Type.LONG, Long.toString(byDefault), ConfigKey::whole);
    }

    /// A number of bytes, told to clients as a LONG; see [#asInt] for the settings that Kafka types as INT.
    public static ConfigKey<Long> bytes(String name, long byDefault) {
        return bigNumber(name, byDefault);
    }

    /// A time in milliseconds; -1, where it is allowed, is `Duration.ofMillis(-1)` and means "without limit".
    public static ConfigKey<Duration> millis(String name, Duration byDefault) {
        return key(name, Type.LONG, Long.toString(byDefault.toMillis()), text -> Duration.ofMillis(whole(text)));
    }

    public static ConfigKey<Boolean> flag(String name, boolean byDefault) {
        return key(name, Type.BOOLEAN, Boolean.toString(byDefault), text -> switch (text.toLowerCase(
                java.util.Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        });
    }

    public static ConfigKey<Double> fraction(String name, double byDefault) {
        return key(name, Type.DOUBLE, Double.toString(byDefault), text -> {
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a number", e);
            }
        });
    }

    public static ConfigKey<String> text(String name, String byDefault) {
        return key(name, Type.STRING, byDefault, text -> text);
    }

    public static ConfigKey<String> oneOf(String name, String byDefault, String... choices) {
        return text(name, byDefault).allow(Set.of(choices)::contains, "one of " + String.join(", ", choices));
    }

    /// A comma-separated list; blanks around the items do not count.
    public static ConfigKey<List<String>> list(String name, String byDefault) {
        return key(
                name,
                Type.LIST,
                byDefault,
                text -> text.isBlank()
                        ? List.of()
                        : Arrays.stream(text.split(",")).map(String::trim).toList());
    }

    /// A list of which every item is one of `choices`.
    public static ConfigKey<List<String>> someOf(String name, String byDefault, String... choices) {
        return list(name, byDefault)
                .allow(
                        List.of(choices)::containsAll,
                        "a list of " + new TreeSet<>(Set.of(choices)).stream().collect(Collectors.joining(", ")));
    }

    private static <T> ConfigKey<T> key(String name, Type type, String defaultText, Parser<T> parser) {
        return new ConfigKey<>(name, type, defaultText, parser, _ -> true, "any", "");
    }

    /// The same key with a bound; `inWords` completes the sentence "must be ...".
    public ConfigKey<T> allow(Predicate<T> test, String inWords) {
        return new ConfigKey<>(name, type, defaultText, parser, test, inWords, doc);
    }

    public ConfigKey<T> doc(String sentence) {
        return new ConfigKey<>(name, type, defaultText, parser, allowed, range, sentence);
    }

    /// The same key, typed INT towards clients.
    public ConfigKey<T> asInt() {
        return new ConfigKey<>(name, Type.INT, defaultText, parser, allowed, range, doc);
    }

    /// The same meaning under another name and default, say a server-wide default of a topic setting.
    public ConfigKey<T> named(String other) {
        return new ConfigKey<>(other, type, defaultText, parser, allowed, range, doc);
    }

    /// The value that `text` stands for.
    ///
    /// @throws IllegalArgumentException when it is none; the message names the setting and what is allowed
    public T parse(String text) {
        T value;
        try {
            value = parser.parse(text.trim());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: '%s' %s".formatted(name, text, e.getMessage()), e);
        }
        if (!allowed.test(value))
            throw new IllegalArgumentException("%s: '%s' must be %s".formatted(name, text, range));
        return value;
    }

    public T defaultValue() {
        return parse(defaultText);
    }

    private static long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }
}
