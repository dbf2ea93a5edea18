package io.millrace.metadata;

import java.util.Map;
import java.util.Optional;

/// Which settings there are, and which values they take.
public interface ConfigRules {

    /// Why a resource cannot have these settings, in words that name the setting at fault; empty when it can.
    ///
    /// @param settings all explicit settings that the resource would have
    Optional<String> objection(ConfigResource of, Map<String, String> settings);

    /// Is the setting a list, to which one may append?
    boolean isList(ConfigResource.Kind kind, String name);

    /// The value of a setting that nobody set, as text; empty when there is none.
    String defaultText(ConfigResource.Kind kind, String name);
}
