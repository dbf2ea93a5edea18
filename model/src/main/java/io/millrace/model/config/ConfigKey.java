package io.millrace.model.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// One setting: its name, how its text becomes a value, which values are allowed, what it means.
///
/// Immutable: `allow`, `doc` and the like return another key.
///
/// @param <T> the type of its value
/// @param name        as users write it, Kafka's name where Kafka has the same setting
/// @param type        the type that DescribeConfigs tells
/// @param defaultText the default, as users would write it; empty for an optional key. For a derived key,
///                    what the smallest machine gets
/// @param parser      text to value; throws [IllegalArgumentException] with a reason in words
/// @param bound       which parsed values may be used
/// @param about       what people should know
public record ConfigKey<T>(String name, Type type, String defaultText, Parser<T> parser, Bound<T> bound, About about) {

    /// How the setting is typed towards clients.
    public enum Type {
        BOOLEAN,
        SHORT,
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

    /// Which values may be used; `inWords` completes the sentence "must be ...".
    public record Bound<T>(Predicate<T> allows, String inWords) {}

    /// What people should know of a setting.
    ///
    /// @param doc         what it does, in one or two sentences
    /// @param unlikeKafka why the default or the range differs from Kafka's; empty when they are the same
    /// @param derived     from what the default is derived, in words; empty when it is constant
    /// @param effective   whether it has an effect in this release; one that has none is checked and kept
    public record About(String doc, String unlikeKafka, String derived, boolean effective) {}

    public static ConfigKey<Integer> number(String name, int byDefault) {
        return key(name, Type.INT, Integer.toString(byDefault), text ->
                (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    public static ConfigKey<Long> bigNumber(String name, long byDefault) {
        return key(name, Type.LONG, Long.toString(byDefault), text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    /// A number of bytes, told to clients as a LONG; see [#asInt] for the settings that Kafka types as INT.
    public static ConfigKey<Long> bytes(String name, long byDefault) {
        return bigNumber(name, byDefault);
    }

    /// A time in milliseconds; -1, where it is allowed, is `Duration.ofMillis(-1)` and means "without limit".
    public static ConfigKey<Duration> millis(String name, Duration byDefault) {
        return key(
                name,
                Type.LONG,
                Long.toString(byDefault.toMillis()),
                text -> Duration.ofMillis(whole(text, Long.MIN_VALUE, Long.MAX_VALUE)));
    }

    public static ConfigKey<Boolean> flag(String name, boolean byDefault) {
        return key(name, Type.BOOLEAN, Boolean.toString(byDefault), text -> switch (text.toLowerCase(Locale.ROOT)) {
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
        return text(name, byDefault).allow(List.of(choices)::contains, "one of " + String.join(", ", choices));
    }

    /// A comma-separated list; blanks around the items do not count, an empty item or the same item twice is
    /// refused.
    public static ConfigKey<List<String>> list(String name, String byDefault) {
        return key(name, Type.LIST, byDefault, text -> {
            if (text.isBlank()) return List.of();
            var items = Arrays.stream(text.split(",", -1)).map(String::trim).toList();
            if (items.contains("")) throw new IllegalArgumentException("has an empty item");
            if (new HashSet<>(items).size() != items.size())
                throw new IllegalArgumentException("has the same item twice");
            return items;
        });
    }

    /// A list of which every item is one of `choices`, none twice.
    public static ConfigKey<List<String>> someOf(String name, String byDefault, String... choices) {
        return list(name, byDefault)
                .allow(items -> List.of(choices).containsAll(items), "a list of " + String.join(", ", choices));
    }

    private static <T> ConfigKey<T> key(String name, Type type, String defaultText, Parser<T> parser) {
        return new ConfigKey<>(
                name, type, defaultText, parser, new Bound<>(_ -> true, "any"), new About("", "", "", true));
    }

    /// The same key with a bound; `inWords` completes the sentence "must be ...".
    public ConfigKey<T> allow(Predicate<T> test, String inWords) {
        return new ConfigKey<>(name, type, defaultText, parser, new Bound<>(test, inWords), about);
    }

    public ConfigKey<T> doc(String sentence) {
        return about(new About(sentence, about.unlikeKafka, about.derived, about.effective));
    }

    /// The same key, whose default or range is not Kafka's because of `reason`.
    public ConfigKey<T> unlikeKafka(String reason) {
        return about(new About(about.doc, reason, about.derived, about.effective));
    }

    /// The same key, whose default is worked out at the start; see [DerivedDefaults].
    public ConfigKey<T> derived(String from) {
        return about(new About(about.doc, about.unlikeKafka, from, about.effective));
    }

    /// The same key, marked as having no effect in this release.
    public ConfigKey<T> withoutEffect() {
        return about(new About(about.doc, about.unlikeKafka, about.derived, false));
    }

    private ConfigKey<T> about(About other) {
        return new ConfigKey<>(name, type, defaultText, parser, bound, other);
    }

    /// The same key, typed INT towards clients; its bound lies within that, and says so.
    public ConfigKey<T> asInt() {
        return new ConfigKey<>(name, Type.INT, defaultText, parser, bound, about);
    }

    /// The same key, typed SHORT towards clients and bounded by it.
    public ConfigKey<T> asShort() {
        Parser<T> within = text -> {
            whole(text, Short.MIN_VALUE, Short.MAX_VALUE);
            return parser.parse(text);
        };
        return new ConfigKey<>(name, Type.SHORT, defaultText, within, bound, about);
    }

    /// The same meaning under another name, say as the server-wide default of a topic setting.
    public ConfigKey<T> named(String other) {
        return new ConfigKey<>(other, type, defaultText, parser, bound, about);
    }

    /// The same key, which may be left unset; its text is empty then, and so is its value.
    public ConfigKey<Optional<T>> optional() {
        return new ConfigKey<>(
                name,
                type,
                "",
                text -> text.isEmpty() ? Optional.empty() : Optional.of(parser.parse(text)),
                new Bound<>(value -> value.isEmpty() || bound.allows.test(value.get()), bound.inWords),
                about);
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
        if (!bound.allows.test(value))
            throw new IllegalArgumentException("%s: '%s' must be %s".formatted(name, text, bound.inWords));
        return value;
    }

    public T defaultValue() {
        return parse(defaultText);
    }

    /// What is allowed, in words.
    public String range() {
        return bound.inWords;
    }

    /// What it does, in one or two sentences.
    public String doc() {
        return about.doc;
    }

    private static long whole(String text, long least, long most) {
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
        if (value < least || value > most)
            throw new IllegalArgumentException("must be a whole number between %d and %d".formatted(least, most));
        return value;
    }
}
