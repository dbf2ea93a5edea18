package io.millrace.metadata;

import io.millrace.metadata.ConfigResource.Kind;
import io.millrace.model.config.Catalogue;
import io.millrace.model.config.ConfigKey;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.TopicSettings;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/// The settings that the catalogue of `model.config` lists: every one of Kafka's, and ours.
public final class CatalogueRules implements ConfigRules {

    @Override
    public Optional<Objection> objection(ConfigResource of, Map<String, String> settings) {
        for (var setting : new TreeMap<>(settings).entrySet()) {
            var objection = objection(of.kind(), setting.getKey(), setting.getValue());
            if (objection.isPresent()) return objection;
        }
        return of.kind() == Kind.TOPIC ? conflict(settings) : Optional.empty();
    }

    private static Optional<Objection> objection(Kind kind, String name, String value) {
        var found = Catalogue.find(catalogue(kind), name);
        if (found instanceof Catalogue.Unknown unknown) return Optional.of(unknown(kind, unknown));
        if (kind == Kind.BROKER && !Catalogue.isChangeable(name)) return Optional.of(unchangeable(name));
        var key = Catalogue.key(catalogue(kind), name);
        if (key == null) return Optional.empty();
        try {
            key.parse(value);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(
                    new Objection(wrongValue(kind, name), "Invalid value for configuration " + e.getMessage()));
        }
    }

    private static Objection unchangeable(String name) {
        return new Objection(
                Errors.INVALID_REQUEST,
                "Cannot update these configs dynamically: %s; start the server with another value".formatted(name));
    }

    /// Kafka takes a wrong setting of a broker, or of a subscription to clients' metrics, for a wrong request.
    private static Errors wrongValue(Kind kind, String name) {
        return switch (kind) {
            case TOPIC, GROUP -> Errors.INVALID_CONFIG;
            case BROKER -> Errors.INVALID_REQUEST;
            case CLIENT_METRICS -> name.equals("match") ? Errors.INVALID_CONFIG : Errors.INVALID_REQUEST;
        };
    }

    private static Objection unknown(Kind kind, Catalogue.Unknown unknown) {
        var nearest = unknown.nearest() == null ? "" : "; did you mean " + unknown.nearest() + "?";
        var name = unknown.name() + nearest;
        return switch (kind) {
            case TOPIC -> new Objection(Errors.INVALID_CONFIG, "Unknown topic config name: " + name);
            case GROUP -> new Objection(Errors.INVALID_CONFIG, "Unknown group config name: " + name);
            case BROKER -> new Objection(Errors.INVALID_REQUEST, "Unknown broker config name: " + name);
            case CLIENT_METRICS ->
                new Objection(Errors.INVALID_REQUEST, "Unknown client metrics configuration: " + name);
        };
    }

    private static Optional<Objection> conflict(Map<String, String> settings) {
        var values = ConfigValues.of(settings);
        var least = values.get(TopicSettings.MIN_COMPACTION_LAG);
        var most = values.get(TopicSettings.MAX_COMPACTION_LAG);
        if (least.compareTo(most) <= 0) return Optional.empty();
        return Optional.of(new Objection(
                Errors.INVALID_CONFIG,
                "conflict topic config setting %s (%s) > %s (%s)"
                        .formatted(
                                TopicSettings.MIN_COMPACTION_LAG.name(),
                                least.toMillis(),
                                TopicSettings.MAX_COMPACTION_LAG.name(),
                                most.toMillis())));
    }

    @Override
    public boolean isList(Kind kind, String name) {
        var key = Catalogue.key(catalogue(kind), name);
        return key != null && key.type() == ConfigKey.Type.LIST;
    }

    @Override
    public String defaultText(Kind kind, String name) {
        var key = Catalogue.key(catalogue(kind), name);
        return key == null ? "" : key.defaultText();
    }

    private static Catalogue.Of catalogue(Kind kind) {
        return switch (kind) {
            case TOPIC -> Catalogue.Of.TOPIC;
            case BROKER -> Catalogue.Of.SERVER;
            case GROUP -> Catalogue.Of.GROUP;
            case CLIENT_METRICS -> Catalogue.Of.CLIENT_METRICS;
        };
    }
}
