package io.millrace.metadata;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/// Which settings there are, and which values they take.
public interface ConfigRules {

    /// Why something is refused.
    record Objection(Errors code, String message) {}

    /// Why a resource cannot have these settings, in words that name the setting at fault; empty when it can.
    ///
    /// @param settings all explicit settings that the resource would have
    Optional<Objection> objection(ConfigResource of, Map<String, String> settings);

    /// Is the setting a list, to which one may append?
    boolean isList(ConfigResource.Kind kind, String name);

    /// The value of a setting that nobody set, as text; empty when there is none.
    String defaultText(ConfigResource.Kind kind, String name);
}
