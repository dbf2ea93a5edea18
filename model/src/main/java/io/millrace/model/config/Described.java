package io.millrace.model.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The value of one setting, and where it comes from.
///
/// @param key    the setting
/// @param text   its value as text, in the setting's own unit; null when it is not set and has no default
/// @param source who gave it
/// @param layers everyone who gave it or a setting that stands for it, the one that counts first, the
///               default last; each with its own name and text
public record Described(ConfigKey<?> key, @Nullable String text, Source source, List<Layer> layers) {

    /// One value that was given, whether it counts or not.
    ///
    /// @param name   the name it was given under
    /// @param text   as it was given; null for a default that is not there
    public record Layer(String name, @Nullable String text, Source source) {}

    public Described {
        layers = List.copyOf(layers);
    }

    public boolean isDefault() {
        return source == Source.DEFAULT;
    }
}
