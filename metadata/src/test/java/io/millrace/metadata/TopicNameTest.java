package io.millrace.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Method: every name is held against Kafka's own check, message included.
class TopicNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "orders",
                "a.b_c-D9",
                "a b",
                "größe",
                "a/b",
                "a\\b",
                "a:b",
                "_",
                "-",
                "a\u0000"
            })
    void namesAreAsKafkaWantsThem(String name) {
        assertEquals(kafkas(name), TopicName.objection(name).orElse(""));
    }

    @Test
    void lengthsAreAsKafkaWantsThem() {
        assertEquals("", TopicName.objection("a".repeat(249)).orElse(""));
        assertEquals(
                kafkas("a".repeat(250)), TopicName.objection("a".repeat(250)).orElse(""));
    }

    @Test
    void anyNameIsTakenOrRefusedAsByKafka() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            var name = new StringBuilder();
            for (int i = random.nextInt(6); i > 0; i--)
                name.append((char) (random.nextInt(10) == 0 ? random.nextInt(0xd000) : 32 + random.nextInt(96)));
            assertEquals(
                    kafkas(name.toString()),
                    TopicName.objection(name.toString()).orElse(""),
                    () -> "seed " + seed);
        }
    }

    @Test
    void namesCollideWhenMetricNamesCannotTellThemApart() {
        assertTrue(TopicName.collide("a.b", "a_b"));
        assertTrue(TopicName.collide("a._", "a_."));
        assertFalse(TopicName.collide("a.b", "a.b"));
        assertFalse(TopicName.collide("a.b", "a_c"));
        assertFalse(TopicName.collide("a.b", "a_bc"));
    }

    @Test
    void internalTopicsAreKafkas() {
        assertTrue(TopicName.isInternal(TopicName.CONSUMER_OFFSETS));
        assertTrue(TopicName.isInternal(TopicName.TRANSACTION_STATE));
        assertFalse(TopicName.isInternal("orders"));
    }

    private static String kafkas(String name) {
        try {
            Topic.validate(name);
            return "";
        } catch (InvalidTopicException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
