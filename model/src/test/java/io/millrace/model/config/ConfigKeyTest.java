package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
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
        assertEquals(
                "segment.bytes: '4294967296' must be a whole number between -2147483648 and 2147483647",
                refusal(TopicSettings.SEGMENT_BYTES, "4294967296"));
        assertEquals(
                "cleanup.policy: 'delete,archive' must be a list of delete, compact",
                refusal(TopicSettings.CLEANUP_POLICY, "delete,archive"));
        assertEquals("log.dirs: '/a,,/b' has an empty item", refusal(ServerSettings.LOG_DIRS, "/a,,/b"));
        assertEquals("log.dirs: '/a,/a' has the same item twice", refusal(ServerSettings.LOG_DIRS, "/a,/a"));
        assertEquals(
                "auto.create.topics.enable: 'yes' must be true or false",
                refusal(ServerSettings.AUTO_CREATE_TOPICS, "yes"));
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
