package io.millrace.broker;

import io.millrace.metadata.ConfigResource;
import io.millrace.metadata.ConfigRules;
import io.millrace.model.config.Catalogue;
import io.millrace.model.config.ConfigKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What the controller may put into the metadata log as settings: every name of Kafka's, and only values
/// that the
/// setting can have.
public final class SettingRules implements ConfigRules {

    @Override
    public Optional<Objection> objection(ConfigResource of, Map<String, String> settings) {
        for (var setting : new TreeMap<>(settings).entrySet()) {
            var why = objection(of.kind(), setting.getKey(), setting.getValue());
            if (why.isPresent()) return Optional.of(new Objection(code(of.kind()), why.get()));
        }
        return Optional.empty();
    }

    /// Kafka has another code for a value that a broker cannot have than for one that a topic cannot have.
    private static Errors code(ConfigResource.Kind kind) {
        return kind == ConfigResource.Kind.BROKER ? Errors.INVALID_REQUEST : Errors.INVALID_CONFIG;
    }

    private static Optional<String> objection(ConfigResource.Kind kind, String name, String text) {
        return switch (Catalogue.find(catalogue(kind), name)) {
            case Catalogue.Unknown unknown -> Optional.of("Unknown setting: %s %s".formatted(name, unknown.why()));
            case Catalogue.Known(var key) -> objection(kind, name, key, text);
            case Catalogue.Accepted accepted -> objection(kind, name, accepted.key(), text);
        };
    }

    private static Optional<String> objection(
            ConfigResource.Kind kind, String name, @Nullable ConfigKey<?> key, String text) {
        if (kind == ConfigResource.Kind.BROKER && !Catalogue.isChangeable(name)) {
            return Optional.of(
                    "%s cannot be changed while the broker runs: start it with another value".formatted(name));
        }
        if (key == null) return Optional.empty();
        try {
            key.parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("Invalid value for setting " + e.getMessage());
        }
    }

    @Override
    public boolean isList(ConfigResource.Kind kind, String name) {
        var key = Catalogue.key(catalogue(kind), name);
        return key != null && key.type() == ConfigKey.Type.LIST;
    }

    @Override
    public String defaultText(ConfigResource.Kind kind, String name) {
        var key = Catalogue.key(catalogue(kind), name);
        return key == null ? "" : key.defaultText();
    }

    static Catalogue.Of catalogue(ConfigResource.Kind kind) {
        return switch (kind) {
            case TOPIC -> Catalogue.Of.TOPIC;
            case BROKER -> Catalogue.Of.SERVER;
            case GROUP -> Catalogue.Of.GROUP;
            case CLIENT_METRICS -> Catalogue.Of.CLIENT_METRICS;
        };
    }
}
