package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.DynamicConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Method: everything we say of Kafka's settings is held against the definitions in Kafka's own jars.
class KafkaDefinitionsTest {

    private static final List<String> SAMPLES = List.of(
            "",
            "nonsense",
            "true",
            "FALSE",
            "-131073",
            "-131072",
            "-3",
            "-2",
            "-1",
            "0",
            "1",
            "2",
            "4",
            "5",
            "9",
            "10",
            "17",
            "18",
            "22",
            "23",
            "99",
            "100",
            "999",
            "1000",
            "1023",
            "1024",
            "1048575",
            "1048576",
            "2147483639",
            "2147483640",
            "2147483647",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "-0.1",
            "0.5",
            "1.1",
            "delete",
            "compact",
            "compact,delete",
            "delete,delete",
            "delete,,compact",
            "gzip",
            "GZIP",
            "none",
            "producer",
            "CreateTime",
            "latest",
            "earliest",
            "by_duration:PT1H",
            "by_duration:-PT1H",
            "by_duration:x",
            "read_committed",
            "client_id=a.*",
            "client_id=(",
            "id=x",
            "3600000",
            "3600001",
            "0:1,2:3",
            "*",
            "0-1");

    @ParameterizedTest
    @EnumSource(Catalogue.Of.class)
    void theCatalogueHasEveryNameOfKafka(Catalogue.Of of) {
        var missing = new TreeSet<>(KafkaDefinitions.of(of).keySet());
        missing.removeAll(Catalogue.names(of));
        assertEquals(Set.of(), missing);
    }

    @Test
    void theListsHaveNoNameThatKafkaHasNot() {
        assertEquals(KafkaDefinitions.of(Catalogue.Of.SERVER).keySet(), new HashSet<>(KafkaNames.SERVER));
        assertEquals(KafkaDefinitions.of(Catalogue.Of.TOPIC).keySet(), new HashSet<>(KafkaNames.TOPIC));
        assertEquals(KafkaDefinitions.of(Catalogue.Of.GROUP).keySet(), new HashSet<>(KafkaNames.GROUP));
        assertEquals(
                KafkaDefinitions.of(Catalogue.Of.CLIENT_METRICS).keySet(), new HashSet<>(KafkaNames.CLIENT_METRICS));
        assertEquals(DynamicConfig.Broker.names(), new HashSet<>(KafkaNames.SERVER_CHANGEABLE));
    }

    @Test
    void onlyTheseNamesAreOurs() {
        var ours = new TreeSet<String>();
        for (var of : Catalogue.Of.values()) {
            for (var key : KafkaDefinitions.ours(of))
                if (!KafkaDefinitions.of(of).containsKey(key.name())) ours.add(key.name());
        }
        assertEquals(
                Set.of(
                        "durability",
                        "http.listen",
                        "insecure.ok",
                        "log.dir.reserve.bytes",
                        "log.durability",
                        "log.scrub.bytes.per.second",
                        "log.scrub.interval.ms"),
                ours);
    }

    @Test
    void everyTopicAndGroupSettingIsChecked() {
        for (var of : List.of(Catalogue.Of.TOPIC, Catalogue.Of.GROUP, Catalogue.Of.CLIENT_METRICS)) {
            var unchecked = new TreeSet<>(KafkaDefinitions.of(of).keySet());
            KafkaDefinitions.ours(of).forEach(key -> unchecked.remove(key.name()));
            unchecked.remove("internal.segment.bytes");
            assertEquals(Set.of(), unchecked);
        }
    }

    @ParameterizedTest
    @EnumSource(Catalogue.Of.class)
    void typesAreKafkas(Catalogue.Of of) {
        for (var key : KafkaDefinitions.ours(of)) {
            var kafka = KafkaDefinitions.of(of).get(key.name());
            if (kafka != null) assertEquals(kafka.type.name(), key.type().name(), key.name());
        }
    }

    @ParameterizedTest
    @EnumSource(Catalogue.Of.class)
    void defaultsAndRangesAreKafkasUnlessWeSayWhyNot(Catalogue.Of of) {
        var wrong = new ArrayList<String>();
        for (var key : KafkaDefinitions.ours(of)) {
            var kafka = KafkaDefinitions.of(of).get(key.name());
            if (kafka == null) continue;
            var differences = new ArrayList<String>();
            if (!isDefaultInSeveralUnits(key.name())
                    && !KafkaDefinitions.defaultText(kafka).equals(key.defaultText()))
                differences.add("default %s, Kafka's %s".formatted(key.defaultText(), kafka.defaultValue));
            for (var sample : SAMPLES)
                if (!isUnset(key, sample) && accepts(key, sample) != KafkaDefinitions.accepts(of, kafka, sample))
                    differences.add("'%s' is taken here: %s".formatted(sample, accepts(key, sample)));
            boolean says = !key.about().unlikeKafka().isEmpty();
            if (says != !differences.isEmpty())
                wrong.add("%s says it is unlike Kafka: %s; it differs in %s".formatted(key.name(), says, differences));
        }
        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void topicSettingsHaveTheServerSettingsBehindThemThatKafkaHas() {
        var kafka = ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS;
        for (var key : TopicSettings.ALL) {
            var ours = TopicDefaults.of(key.name()).stream()
                    .map(twin -> twin.key().name())
                    .toList();
            if (key.equals(TopicSettings.DURABILITY)) assertEquals(List.of("log.durability"), ours);
            else
                assertEquals(
                        kafka.getOrDefault(key.name(), List.of()).stream()
                                .map(ConfigSynonym::name)
                                .toList(),
                        ours,
                        key.name());
        }
    }

    @Test
    void whatMayBeChangedWhileRunningKafkaLetsChangeToo() {
        for (var key : ServerSettings.ALL) {
            if (Set.of("log.durability", "log.scrub.bytes.per.second", "log.scrub.interval.ms")
                    .contains(key.name())) continue;
            if (Catalogue.isChangeable(key.name()))
                assertEquals(true, DynamicConfig.Broker.names().contains(key.name()), key.name());
        }
        assertEquals(true, Catalogue.isChangeable("log.retention.ms"));
        assertEquals(true, Catalogue.isChangeable("log.cleaner.threads"));
        assertEquals(true, Catalogue.isChangeable("listener.name.external.ssl.keystore.location"));
        assertEquals(false, Catalogue.isChangeable("log.retention.hours"));
        assertEquals(false, Catalogue.isChangeable("num.partitions"));
        assertEquals(false, Catalogue.isChangeable("node.id"));
    }

    /// Kafka leaves all but one of these without a default; what comes out for the topic is compared as
    /// the topic's.
    private static boolean isDefaultInSeveralUnits(String name) {
        return TopicSettings.ALL.stream()
                .map(key -> TopicDefaults.of(key.name()))
                .anyMatch(twins -> twins.size() > 1
                        && twins.stream().anyMatch(twin -> twin.key().name().equals(name)));
    }

    /// Kafka keeps null for what is not given, we keep empty text.
    private static boolean isUnset(ConfigKey<?> key, String sample) {
        return sample.isEmpty() && key.defaultText().isEmpty();
    }

    private static boolean accepts(ConfigKey<?> key, String text) {
        try {
            key.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
