package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.model.config.DerivedDefaults.Surroundings;
import io.millrace.model.config.Described.Layer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServerLayersTest {

    private static final Surroundings LAPTOP = new Surroundings(4, 1L << 30, 1_024, true, 1);

    @Test
    void aTopicTakesTheUpperLayerFirstAndInItTheFinestUnit() {
        var start = Map.of("log.retention.hours", "2", "log.retention.minutes", "90", "log.roll.hours", "1");
        var layers = ServerLayers.of(start, LAPTOP);
        assertEquals(Duration.ofMinutes(90), layers.topicValues(Map.of()).get(TopicSettings.RETENTION));
        assertEquals(Duration.ofHours(1), layers.topicValues(Map.of()).get(TopicSettings.SEGMENT_MS));

        var changed = layers.with(Map.of(), Map.of("log.retention.ms", "-1"));
        assertEquals(Duration.ofMillis(-1), changed.topicValues(Map.of()).get(TopicSettings.RETENTION));

        var own = changed.topicValues(Map.of("retention.ms", "7"));
        assertEquals(Duration.ofMillis(7), own.get(TopicSettings.RETENTION));
    }

    @Test
    void aTopicsSettingsSayWhereTheyComeFrom() {
        var layers = new ServerLayers(
                Map.of("log.retention.ms", "5000"),
                Map.of("log.retention.ms", "6000"),
                Map.of("log.retention.hours", "2", "message.max.bytes", "99"),
                DerivedDefaults.of(LAPTOP));

        var retention = layers.describeTopic(TopicSettings.RETENTION, Map.of());
        assertEquals("5000", retention.text());
        assertEquals(Source.NODE, retention.source());
        assertEquals(
                List.of(
                        new Layer("log.retention.ms", "5000", Source.NODE),
                        new Layer("log.retention.ms", "6000", Source.CLUSTER),
                        new Layer("log.retention.hours", "2", Source.START),
                        new Layer("log.retention.ms", "604800000", Source.DEFAULT)),
                retention.layers());

        var size = layers.describeTopic(TopicSettings.MAX_MESSAGE_BYTES, Map.of("max.message.bytes", "1"));
        assertEquals(Source.TOPIC, size.source());
        assertEquals("1", size.text());
        assertEquals(3, size.layers().size());

        var fromStart = layers.describeTopic(TopicSettings.MAX_MESSAGE_BYTES, Map.of());
        assertEquals("99", fromStart.text());
        assertEquals(Source.START, fromStart.source());

        var nobody = layers.describeTopic(TopicSettings.SEGMENT_BYTES, Map.of());
        assertEquals("134217728", nobody.text());
        assertEquals(true, nobody.isDefault());
    }

    @Test
    void hoursAreShownInTheTopicsUnitAndAsGivenBelow() {
        var layers = ServerLayers.of(Map.of("log.retention.hours", "2"), LAPTOP);
        var retention = layers.describeTopic(TopicSettings.RETENTION, Map.of());
        assertEquals("7200000", retention.text());
        assertEquals(
                new Layer("log.retention.hours", "2", Source.START),
                retention.layers().getFirst());
    }

    @Test
    void theServersOwnSettingsSayWhereTheyComeFrom() {
        var layers = ServerLayers.of(Map.of("num.partitions", "9"), LAPTOP);
        var given = layers.describe(ServerSettings.NUM_PARTITIONS);
        assertEquals("9", given.text());
        assertEquals(Source.START, given.source());
        assertEquals(4, Source.START.id());

        var derived = layers.describe(ServerSettings.NETWORK_THREADS);
        assertEquals("4", derived.text());
        assertEquals(Source.DEFAULT, derived.source());
        assertEquals(4, layers.values().get(ServerSettings.NETWORK_THREADS));

        var unset = TopicDefaults.of("retention.ms").getLast().key();
        assertNull(layers.describe(unset).text());
        assertEquals("", layers.describe(ServerSettings.BROKER_RACK).text());
    }

    @Test
    void groupsHaveNoServerBelowThem() {
        var key = GroupSettings.ALL.getFirst();
        assertEquals(
                Source.GROUP,
                ServerLayers.describeOwn(key, Map.of(key.name(), "5"), Source.GROUP)
                        .source());
        assertEquals(
                "1000", ServerLayers.describeOwn(key, Map.of(), Source.GROUP).text());
    }

    @Test
    void everyDerivedSettingIsDerivedAndAllowed() {
        for (var here : List.of(
                LAPTOP,
                new Surroundings(1, 1, 0, false, 1),
                new Surroundings(5_000, Long.MAX_VALUE, Long.MAX_VALUE, true, 100))) {
            var derived = DerivedDefaults.of(here);
            var marked = ServerSettings.ALL.stream()
                    .filter(key -> !key.about().derived().isEmpty())
                    .collect(Collectors.toMap(ConfigKey::name, key -> key));
            assertEquals(new TreeSet<>(marked.keySet()), new TreeSet<>(derived.keySet()));
            marked.forEach((name, key) -> key.parse(String.valueOf(derived.get(name))));
        }
    }

    @Test
    void theLaptopGetsWhatADeveloperWants() {
        var values = ServerLayers.of(Map.of(), LAPTOP).values();
        assertEquals(true, values.get(ServerSettings.AUTO_CREATE_TOPICS));
        assertEquals(0, values.get(ServerSettings.GROUP_INITIAL_DELAY_MS));
        assertEquals(512, values.get(ServerSettings.MAX_CONNECTIONS));
        assertEquals(1, values.get(ServerSettings.OFFSETS_REPLICATION));
        assertEquals((1L << 30) / 10, values.get(ServerSettings.QUEUED_MAX_BYTES));

        var rack = ServerLayers.of(Map.of(), new Surroundings(64, 64L << 30, 1 << 20, false, 5))
                .values();
        assertEquals(false, rack.get(ServerSettings.AUTO_CREATE_TOPICS));
        assertEquals(3, rack.get(ServerSettings.REPLICATION_FACTOR));
        assertEquals(10_000, rack.get(ServerSettings.MAX_CONNECTIONS));
    }
}
