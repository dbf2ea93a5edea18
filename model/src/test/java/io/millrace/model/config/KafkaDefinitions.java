package io.millrace.model.config;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/// Kafka's own definitions of its settings, out of its own jars.
final class KafkaDefinitions {

    private KafkaDefinitions() {}

    static Map<String, ConfigDef.ConfigKey> of(Catalogue.Of of) {
        return switch (of) {
            case SERVER -> AbstractKafkaConfig.CONFIG_DEF.configKeys();
            case TOPIC -> LogConfig.configKeys();
            case GROUP -> GroupConfig.CONFIG_DEF.configKeys();
            case CLIENT_METRICS -> ClientMetricsConfigs.configDef().configKeys();
        };
    }

    static List<ConfigKey<?>> ours(Catalogue.Of of) {
        return switch (of) {
            case SERVER -> ServerSettings.ALL;
            case TOPIC -> TopicSettings.ALL;
            case GROUP -> GroupSettings.ALL;
            case CLIENT_METRICS -> ClientMetricsSettings.ALL;
        };
    }

    /// Kafka's default as people would write it; empty where it has none.
    static String defaultText(ConfigDef.ConfigKey key) {
        return switch (key.defaultValue) {
            case null -> "";
            case List<?> list ->
                String.join(",", list.stream().map(String::valueOf).toList());
            case Object value when value.equals(ConfigDef.NO_DEFAULT_VALUE) -> "";
            case Object value -> value.toString();
        };
    }

    /// Whether Kafka takes `text` as a value.
    static boolean accepts(Catalogue.Of of, ConfigDef.ConfigKey key, String text) {
        try {
            var value = ConfigDef.parseType(key.name, text, key.type);
            if (key.validator != null) key.validator.ensureValid(key.name, value);
            if (of == Catalogue.Of.CLIENT_METRICS) ClientMetricsConfigs.validate("all", Map.of(key.name, text));
            return true;
        } catch (ConfigException | InvalidRequestException | InvalidConfigurationException e) {
            return false;
        }
    }
}
