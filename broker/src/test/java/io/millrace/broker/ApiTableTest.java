package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.coordinator.group.GroupSettings;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.model.config.DerivedDefaults;
import io.millrace.model.config.ServerLayers;
import io.millrace.replica.Shards;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ApiTableTest {

    /// What a broker of Kafka 4.4.0 speaks, for the APIs answered here.
    private static final Map<String, String> KAFKA = new TreeMap<>(Map.ofEntries(
            Map.entry("Produce", "3-13"),
            Map.entry("Fetch", "4-18"),
            Map.entry("ListOffsets", "1-11"),
            Map.entry("Metadata", "0-13"),
            Map.entry("OffsetCommit", "2-10"),
            Map.entry("OffsetFetch", "1-10"),
            Map.entry("FindCoordinator", "0-6"),
            Map.entry("JoinGroup", "0-9"),
            Map.entry("Heartbeat", "0-4"),
            Map.entry("LeaveGroup", "0-5"),
            Map.entry("SyncGroup", "0-5"),
            Map.entry("DescribeGroups", "0-6"),
            Map.entry("ListGroups", "0-5"),
            Map.entry("ApiVersions", "0-5"),
            Map.entry("CreateTopics", "2-7"),
            Map.entry("DeleteTopics", "1-6"),
            Map.entry("DeleteRecords", "0-2"),
            Map.entry("InitProducerId", "0-6"),
            Map.entry("OffsetForLeaderEpoch", "2-4"),
            Map.entry("DescribeConfigs", "1-4"),
            Map.entry("AlterConfigs", "0-2"),
            Map.entry("DescribeLogDirs", "1-5"),
            Map.entry("CreatePartitions", "0-3"),
            Map.entry("DeleteGroups", "0-3"),
            Map.entry("IncrementalAlterConfigs", "0-1"),
            Map.entry("OffsetDelete", "0-0"),
            Map.entry("DescribeCluster", "0-2"),
            Map.entry("DescribeProducers", "0-0"),
            Map.entry("GetTelemetrySubscriptions", "0-0"),
            Map.entry("PushTelemetry", "0-0"),
            Map.entry("DescribeTopicPartitions", "0-0")));

    private static ApiTable table() throws IOException {
        var host = Calls.host();
        var shards = new Shards(List.of(Calls.shard(Calls.cluster())));
        var groups = new Groups(host, shards, GroupSettings.defaults());
        var surroundings = new DerivedDefaults.Surroundings(2, 1L << 30, 1024, true, 1);
        return new ApiTable(new Desk(
                host,
                shards,
                MemoryLog.quorum(),
                groups,
                new ConfigView(7, ServerLayers.of(Map.of(), surroundings)),
                () -> new Desk.DataSpace("/data", -1, -1),
                new Desk.Limits(1 << 20, 10, true, new TopicMaker.Rules(false, new TopicDefaults(1, 1), 16))));
    }

    private static String range(int min, int max) {
        return min + "-" + max;
    }

    @Test
    void theVersionsAreKafkas() throws IOException {
        var ours = new TreeMap<String, String>();
        for (var row : table().rows()) ours.put(row.api().name, range(row.minVersion(), row.maxVersion()));
        assertEquals(KAFKA, ours);
    }

    @Test
    void everyVersionIsOneThatTheMessageClassesKnow() throws IOException {
        for (var row : table().rows()) {
            var api = row.api();
            for (short version = row.minVersion(); version <= row.maxVersion(); version++) {
                assertTrue(api.isVersionSupported(version), api.name + " " + version);
            }
            assertTrue(row.speaks(row.minVersion()) && row.speaks(row.maxVersion()), api.name);
            assertFalse(row.speaks((short) (row.minVersion() - 1)), api.name);
            assertFalse(row.speaks((short) (row.maxVersion() + 1)), api.name);
        }
    }

    @Test
    void clientsAreToldExactlyTheTable() throws IOException {
        var table = table();
        var handler = new ApiVersionsHandler(table::rows, 7);
        for (int version = 0; version <= 5; version++) {
            var request = new ApiVersionsRequestData()
                    .setClientSoftwareName("a-client")
                    .setClientSoftwareVersion("1.0");
            var answer = Calls.ask(handler, version, request);
            assertEquals(Errors.NONE.code(), answer.errorCode());
            var told = new TreeMap<String, String>();
            for (var one : answer.apiKeys()) {
                told.put(ApiKeys.forId(one.apiKey()).name, range(one.minVersion(), one.maxVersion()));
            }
            var expected = new TreeMap<>(KAFKA);
            expected.put("Produce", "0-13");
            assertEquals(expected, told, "old clients look for Produce from 0 on to know whether they may compress");
        }
    }

    @Test
    void whatIsNotInTheTableHasNoRow() throws IOException {
        var table = table();
        assertEquals(KAFKA.size(), table.rows().size());
        assertNull(table.row(ApiKeys.VOTE));
        assertNull(table.row(ApiKeys.ADD_OFFSETS_TO_TXN));
    }
}
