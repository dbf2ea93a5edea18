package io.millrace.metadata;

import static io.millrace.metadata.Asked.topic;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.ControllerAnswer.AlteredConfigs;
import io.millrace.metadata.ControllerAnswer.ConfigsAltered;
import io.millrace.metadata.ControllerCommand.AlterConfigs;
import io.millrace.metadata.ControllerCommand.ConfigEdit;
import io.millrace.metadata.ControllerCommand.ConfigEdits;
import io.millrace.metadata.ControllerCommand.ConfigEntry;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.NewConfigs;
import io.millrace.metadata.ControllerCommand.Op;
import io.millrace.metadata.ControllerCommand.ReplaceConfigs;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ConfigChangesTest {

    private static final ConfigResource ORDERS = ConfigResource.topic("orders");

    private final Asked cluster = Asked.withNodes(1);

    ConfigChangesTest() {
        cluster.ask(new CreateTopics(List.of(topic("orders", 1, 1)), new TopicDefaults(4, -1), 0, false));
    }

    @Test
    void settingsAreSetAndUnset() {
        assertTaken(
                ORDERS,
                new ConfigEdit("retention.ms", Op.SET, "5"),
                new ConfigEdit("segment.bytes", Op.SET, "2000000"));
        assertTaken(
                ORDERS, new ConfigEdit("retention.ms", Op.DELETE, null), new ConfigEdit("segment.ms", Op.DELETE, null));
        assertEquals(Map.of("segment.bytes", "2000000"), cluster.image().config(ORDERS));
    }

    @Test
    void listsGrowAndShrinkFromTheirDefault() {
        assertTaken(ORDERS, new ConfigEdit("cleanup.policy", Op.APPEND, "compact,delete"));
        assertEquals(Map.of("cleanup.policy", "delete,compact"), cluster.image().config(ORDERS));
        assertTaken(ORDERS, new ConfigEdit("cleanup.policy", Op.SUBTRACT, "delete"));
        assertEquals(Map.of("cleanup.policy", "compact"), cluster.image().config(ORDERS));
        assertRefused(
                Errors.INVALID_CONFIG,
                "Can't APPEND to key retention.ms because its type is not LIST.",
                ORDERS,
                new ConfigEdit("retention.ms", Op.APPEND, "5"));
    }

    @Test
    void oldAlterConfigsReplacesEverything() {
        assertTaken(ORDERS, new ConfigEdit("retention.ms", Op.SET, "5"));
        assertEquals(
                Errors.NONE, replace(ORDERS, new ConfigEntry("segment.ms", "7")).code());
        assertEquals(Map.of("segment.ms", "7"), cluster.image().config(ORDERS));

        assertEquals(
                new AlteredConfigs(ORDERS, Errors.INVALID_REQUEST, "Null value not supported for : segment.ms"),
                replace(ORDERS, new ConfigEntry("segment.ms", null)));
    }

    @Test
    void aChangeIsMadeWholeOrNotAtAll() {
        assertRefused(
                Errors.INVALID_CONFIG,
                "Unknown topic config name: retention.mz; did you mean retention.ms?",
                ORDERS,
                new ConfigEdit("segment.ms", Op.SET, "7"),
                new ConfigEdit("retention.mz", Op.SET, "5"));
        assertEquals(Map.of(), cluster.image().config(ORDERS));
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertTaken(ORDERS, new ConfigEdit("max.compaction.lag.ms", Op.SET, "5"));
        assertRefused(
                Errors.INVALID_CONFIG,
                "conflict topic config setting min.compaction.lag.ms (6) > max.compaction.lag.ms (5)",
                ORDERS,
                new ConfigEdit("min.compaction.lag.ms", Op.SET, "6"));
    }

    @Test
    void whatHasSettingsMustBeThere() {
        var set = new ConfigEdit("retention.ms", Op.SET, "5");
        assertRefused(
                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                "The topic 'nothing' does not exist.",
                ConfigResource.topic("nothing"),
                set);
        assertRefused(
                Errors.INVALID_REQUEST, "Default topic resources are not allowed.", ConfigResource.topic(""), set);
        assertRefused(Errors.BROKER_ID_NOT_REGISTERED, "No node with id 9 found.", ConfigResource.broker(9), set);
        assertRefused(Errors.INVALID_REQUEST, "Invalid negative broker ID.", ConfigResource.broker(-1), set);
        assertRefused(
                Errors.INVALID_REQUEST,
                "Unable to parse broker name as a base 10 number.",
                new ConfigResource(ConfigResource.Kind.BROKER, "one"),
                set);
        assertRefused(
                Errors.INVALID_REQUEST, "Default group resources are not allowed.", ConfigResource.group(""), set);
        assertRefused(
                Errors.INVALID_REQUEST,
                "Subscription name can't be empty",
                new ConfigResource(ConfigResource.Kind.CLIENT_METRICS, ""),
                set);
    }

    @Test
    void everyKindHasItsOwnSettings() {
        assertTaken(ConfigResource.ALL_BROKERS, new ConfigEdit("log.retention.ms", Op.SET, "5"));
        assertTaken(ConfigResource.broker(1), new ConfigEdit("log.retention.ms", Op.SET, "6"));
        assertTaken(ConfigResource.group("g"), new ConfigEdit("consumer.session.timeout.ms", Op.SET, "50000"));
        var metrics = new ConfigResource(ConfigResource.Kind.CLIENT_METRICS, "m");
        assertTaken(metrics, new ConfigEdit("interval.ms", Op.SET, "1000"));
        assertRefused(
                Errors.INVALID_CONFIG,
                "Unknown group config name: consumer.session.timeout.m; did you mean consumer.session.timeout.ms?",
                ConfigResource.group("g"),
                new ConfigEdit("consumer.session.timeout.m", Op.SET, "50000"));
        assertRefused(
                Errors.INVALID_REQUEST,
                "Cannot update these configs dynamically: node.id; start the server with another value",
                ConfigResource.ALL_BROKERS,
                new ConfigEdit("node.id", Op.SET, "6"));
        assertRefused(
                Errors.INVALID_REQUEST,
                "Unknown broker config name: log.retention.mz; did you mean log.retention.ms?",
                ConfigResource.ALL_BROKERS,
                new ConfigEdit("log.retention.mz", Op.SET, "6"));
        assertEquals(
                Errors.INVALID_REQUEST,
                alter(ConfigResource.ALL_BROKERS, new ConfigEdit("log.index.interval.bytes", Op.SET, "never"))
                        .code());
        assertEquals(
                Errors.INVALID_REQUEST,
                alter(metrics, new ConfigEdit("interval.ms", Op.SET, "1")).code());
        assertEquals(
                Errors.INVALID_CONFIG,
                alter(metrics, new ConfigEdit("match", Op.SET, "nobody=.*")).code());
        assertEquals("5", cluster.image().config(ConfigResource.ALL_BROKERS).get("log.retention.ms"));
    }

    @Test
    void malformedRequestsAreRefusedAsByKafka() {
        assertRefused(
                Errors.INVALID_REQUEST,
                "Error due to duplicate config keys",
                ORDERS,
                new ConfigEdit("retention.ms", Op.SET, "5"),
                new ConfigEdit("retention.ms", Op.SET, "6"));
        assertRefused(
                Errors.INVALID_REQUEST,
                "Null value not supported for : retention.ms, segment.ms",
                ORDERS,
                new ConfigEdit("retention.ms", Op.SET, null),
                new ConfigEdit("segment.ms", Op.APPEND, null));
        assertRefused(
                Errors.INVALID_CONFIG,
                "The configuration value cannot be added because it exceeds the maximum value size of 32767 bytes.",
                ORDERS,
                new ConfigEdit("follower.replication.throttled.replicas", Op.SET, "1:1," + "1".repeat(32767)));
        var edits = new ConfigEdits(ORDERS, List.of(new ConfigEdit("retention.ms", Op.SET, "5")));
        var answer = (ConfigsAltered) cluster.ask(new AlterConfigs(List.of(edits, edits), false));
        assertEquals(
                List.of("Each resource must appear at most once.", "Each resource must appear at most once."),
                answer.resources().stream().map(AlteredConfigs::message).toList());
        assertTrue(cluster.image().config(ORDERS).isEmpty());
    }

    @Test
    void onlyLookingChangesNothing() {
        var edits = new ConfigEdits(ORDERS, List.of(new ConfigEdit("retention.ms", Op.SET, "5")));
        var decided = cluster.decide(new AlterConfigs(List.of(edits), true));
        assertEquals(List.of(), decided.records());
        assertEquals(
                Errors.NONE,
                ((ConfigsAltered) decided.answer()).resources().get(0).code());
    }

    @Test
    void whatIsSoAlreadyNeedsNoRecord() {
        assertTaken(ORDERS, new ConfigEdit("retention.ms", Op.SET, "5"));
        var edits = new ConfigEdits(ORDERS, List.of(new ConfigEdit("retention.ms", Op.SET, "5")));
        assertEquals(
                List.of(),
                cluster.decide(new AlterConfigs(List.of(edits), false)).records());
    }

    private void assertTaken(ConfigResource of, ConfigEdit... edits) {
        assertEquals(new AlteredConfigs(of, Errors.NONE, null), alter(of, edits));
    }

    private void assertRefused(Errors code, String message, ConfigResource of, ConfigEdit... edits) {
        assertEquals(new AlteredConfigs(of, code, message), alter(of, edits));
    }

    private AlteredConfigs alter(ConfigResource of, ConfigEdit... edits) {
        var answer = cluster.ask(new AlterConfigs(List.of(new ConfigEdits(of, List.of(edits))), false));
        return ((ConfigsAltered) answer).resources().get(0);
    }

    private AlteredConfigs replace(ConfigResource of, ConfigEntry... entries) {
        var answer = cluster.ask(new ReplaceConfigs(List.of(new NewConfigs(of, List.of(entries))), false));
        return ((ConfigsAltered) answer).resources().get(0);
    }
}
