package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigKeyTest {

    @Test
    void everyDefaultIsAllowed() {
        Stream.of(Catalogue.Of.values())
                .flatMap(of -> KafkaDefinitions.ours(of).stream())
                .forEach(ConfigKey::defaultValue);
    }

    @Test
    void refusalsNameTheSettingTheTextAndWhatIsAllowed() {
        assertEquals("num.partitions: '0' must be between 1 and 100000", refusal(ServerSettings.NUM_PARTITIONS, "0"));
        assertEquals("num.partitions: 'four' must be a whole number", refusal(ServerSettings.NUM_PARTITIONS, "four"));
        assertEquals(
                "num.partitions: '3000000000' must be a whole number between -2147483648 and 2147483647",
                refusal(ServerSettings.NUM_PARTITIONS, "3000000000"));
        for (var outside : List.of("4294967296", "2147483648", "1048575", "-5000000000"))
            assertEquals(
                    "segment.bytes: '%s' must be between 1048576 (1 MiB) and 2147483647 (2 GiB) bytes"
                            .formatted(outside),
                    refusal(TopicSettings.SEGMENT_BYTES, outside));
        assertEquals(
                "retention.ms: '-2' must be -1 (no limit), or 0 or more milliseconds",
                refusal(TopicSettings.RETENTION, "-2"));
        assertEquals(
                "log.retention.hours: '0' must be -1 (no limit), or 1 or more hours",
                refusal(Objects.requireNonNull(Catalogue.key(Catalogue.Of.SERVER, "log.retention.hours")), "0"));
        assertEquals(
                "cleanup.policy: 'delete,archive' must be a list of delete, compact",
                refusal(TopicSettings.CLEANUP_POLICY, "delete,archive"));
        assertEquals("log.dirs: '/a,,/b' has an empty item", refusal(ServerSettings.LOG_DIRS, "/a,,/b"));
        assertEquals("log.dirs: '/a,/a' has the same item twice", refusal(ServerSettings.LOG_DIRS, "/a,/a"));
        assertEquals(
                "auto.create.topics.enable: 'yes' must be true or false",
                refusal(ServerSettings.AUTO_CREATE_TOPICS, "yes"));
    }

    /// What is allowed is said in the unit that the name stands for.
    @Test
    void boundsNameTheirUnit() {
        var units = Map.of(
                ".ms",
                "milliseconds",
                ".minutes",
                "minutes",
                ".hours",
                "hours",
                ".bytes",
                "bytes",
                ".bytes.per.second",
                "bytes");
        Stream.of(Catalogue.Of.values())
                .flatMap(of -> KafkaDefinitions.ours(of).stream())
                .filter(key -> !key.range().equals("any"))
                .forEach(key -> units.forEach((ending, unit) -> {
                    if (key.name().endsWith(ending))
                        assertTrue(key.range().endsWith(" " + unit), key.name() + ": " + key.range());
                }));
    }

    @Test
    void whatIsKeptIsOnTheDiskUnlessSomebodySaysOtherwise() {
        assertEquals("fsync", TopicSettings.DURABILITY.defaultValue());
        assertEquals("page-cache", TopicSettings.DURABILITY.parse("page-cache"));
        assertEquals("durability: 'disk' must be one of fsync, page-cache", refusal(TopicSettings.DURABILITY, "disk"));
    }

    @Test
    void blanksAroundValuesDoNotCount() {
        assertEquals(7, ServerSettings.NUM_PARTITIONS.parse(" 7 "));
        assertEquals(List.of("compact", "delete"), TopicSettings.CLEANUP_POLICY.parse(" compact , delete "));
        assertEquals(true, ServerSettings.DELETE_TOPIC.parse("TRUE"));
    }

    @Test
    void anOptionalKeyMayBeLeftEmpty() {
        var key = ConfigKey.number("n", 3).allow(v -> v > 0, "1 or more").optional();
        assertEquals(Optional.empty(), key.defaultValue());
        assertEquals(Optional.of(5), key.parse("5"));
        assertEquals("n: '0' must be 1 or more", refusal(key, "0"));
    }

    @Test
    void valuesOfUpperLayersWin() {
        var values = ConfigValues.of(java.util.Map.of("segment.ms", "5000", "num.partitions", "2"))
                .under(java.util.Map.of("num.partitions", "3"));
        assertEquals(Duration.ofSeconds(5), values.get(TopicSettings.SEGMENT_MS));
        assertEquals(3, values.get(ServerSettings.NUM_PARTITIONS));
        assertEquals(Duration.ofDays(7), values.get(TopicSettings.RETENTION));
        assertEquals(2, values.texts().size());
    }

    private static String refusal(ConfigKey<?> key, String text) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> key.parse(text))
                .getMessage());
    }
}
