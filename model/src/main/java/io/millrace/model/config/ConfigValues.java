package io.millrace.model.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values somebody gave to settings, as text, over the values of the layer below.
///
/// Immutable. A lookup asks the upper layer, then the lower one, then takes the key's default.
public final class ConfigValues {

    public static final ConfigValues EMPTY = new ConfigValues(Map.of(), null);

    private final Map<String, String> texts;
    private final @Nullable ConfigValues below;

    private ConfigValues(Map<String, String> texts, @Nullable ConfigValues below) {
        this.texts = Map.copyOf(texts);
        this.below = below;
    }

    public static ConfigValues of(Map<String, String> texts) {
        return new ConfigValues(texts, null);
    }

    /// These values, with `upper` before them.
    public ConfigValues under(Map<String, String> upper) {
        return new ConfigValues(upper, this);
    }

    /// The text given for `name` in any layer, or null.
    public @Nullable String text(String name) {
        var here = texts.get(name);
        if (here != null) return here;
        return below == null ? null : below.text(name);
    }

    public boolean isSet(String name) {
        return text(name) != null;
    }

    /// The value of `key`: what was given, else its default.
    ///
    /// @throws IllegalArgumentException when the text given is no value of the key
    public <T> T get(ConfigKey<T> key) {
        var text = text(key.name());
        return text == null ? key.defaultValue() : key.parse(text);
    }

    /// All texts, the upper layers winning.
    public Map<String, String> texts() {
        var all = new HashMap<String, String>();
        if (below != null) all.putAll(below.texts());
        all.putAll(texts);
        return Map.copyOf(all);
    }
}
