package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            Map.entry("InitProducerId", "0-5"),
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

    @TempDir
    Path dir;

    private ApiTable table() throws IOException {
        try (var ground = new Ground(dir, 1)) {
            return ground.table();
        }
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

    /// What Kafka still changes between releases is not for clients to rely on.
    @Test
    void everyVersionIsStable() throws IOException {
        for (var row : table().rows()) {
            assertEquals(row.api().latestVersion(false), row.maxVersion(), row.api().name);
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
