package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Every API in every version that the broker says it has: one minimal request, some senseless ones, some spoiled.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryApiScenario {

    /// What our clients and the tools around them need (KIP names aside, everything but transactions and
    /// security).
    private static final Set<ApiKeys> NEEDED = EnumSet.of(
            ApiKeys.API_VERSIONS,
            ApiKeys.METADATA,
            ApiKeys.PRODUCE,
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.DESCRIBE_CLUSTER,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.OFFSET_FOR_LEADER_EPOCH,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.DESCRIBE_PRODUCERS,
            ApiKeys.FIND_COORDINATOR,
            ApiKeys.JOIN_GROUP,
            ApiKeys.SYNC_GROUP,
            ApiKeys.HEARTBEAT,
            ApiKeys.LEAVE_GROUP,
            ApiKeys.OFFSET_COMMIT,
            ApiKeys.OFFSET_FETCH,
            ApiKeys.OFFSET_DELETE,
            ApiKeys.DESCRIBE_GROUPS,
            ApiKeys.LIST_GROUPS,
            ApiKeys.DELETE_GROUPS,
            ApiKeys.INIT_PRODUCER_ID);

    /// What must not be asked at random: it would rebuild the cluster, or slow this very test down as told.
    private static final Set<ApiKeys> NOT_AT_RANDOM = EnumSet.of(
            ApiKeys.UNREGISTER_BROKER,
            ApiKeys.UNREGISTER_CONTROLLER,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.REMOVE_RAFT_VOTER,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.ALTER_CLIENT_QUOTAS,
            ApiKeys.ALTER_PARTITION_REASSIGNMENTS);

    /// Kafka closes on, or never answers, the emptiest forms of these, and senseless ones of the last two.
    private static final Set<ApiKeys> NOT_FOR_KAFKA =
            EnumSet.of(ApiKeys.DESCRIBE_ACLS, ApiKeys.ADD_PARTITIONS_TO_TXN, ApiKeys.PRODUCE);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Spoiled requests may happen to be good ones that wait; so long is waited for an answer or an end.
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(2);

    private final long seed = Long.getLong("acceptance.seed", System.nanoTime());
    private final boolean isKafka = Make.underTest() instanceof ApacheKafka;
    private final BrokerProcess broker = BrokerProcess.start(Map.of());

    @AfterAll
    void stop() {
        broker.close();
    }

    private record Version(ApiKeys api, short version) {}

    @Test
    void whatIsNeededIsThereInAllVersions() throws Exception {
        var missing = new ArrayList<String>();
        var there = advertised();
        for (var api : NEEDED) {
            for (short version = api.messageType.lowestSupportedVersion();
                    version <= api.messageType.highestSupportedVersion(false);
                    version++) {
                if (isKafka && NOT_FOR_KAFKA.contains(api)) continue;
                if (!there.contains(new Version(api, version))) missing.add(api + " " + version);
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void aMinimalRequestIsAnswered() throws Exception {
        var wrong = new ArrayList<String>();
        for (var one : advertised()) {
            try (var rpc = Rpc.connect(broker.port(), PATIENCE)) {
                ApiMessage _ = rpc.call(one.api(), one.version(), minimal(one.api()));
            } catch (IOException | AssertionError | RuntimeException e) {
                wrong.add(one + ": " + e);
            }
        }
        assertEquals(List.of(), wrong);
        assertAlive();
    }

    /// An answer that can be read, or the end of the connection; never silence.
    @Test
    void senselessRequestsAreAnsweredOrRefused() throws Exception {
        System.out.println("senseless requests: -Dacceptance.seed=" + seed);
        var any = anyMessage();
        var wrong = new ArrayList<String>();
        for (var one : advertised()) {
            if (NOT_AT_RANDOM.contains(one.api())) continue;
            for (int i = 0; i < 3; i++) {
                var body = any.body(one.api().messageType.requestSchemas()[one.version()]);
                var outcome = outcome(one, body, PATIENCE);
                if (!outcome.equals("answered") && !outcome.equals("closed")) wrong.add(one + ": " + outcome);
            }
        }
        assertEquals(List.of(), wrong);
        assertAlive();
    }

    @Test
    void spoiledRequestsHarmNobodyElse() throws Exception {
        System.out.println("spoiled requests: -Dacceptance.seed=" + seed);
        var any = anyMessage();
        var wrong = new ArrayList<String>();
        try (var neighbour = Rpc.connect(broker)) {
            for (var one : advertised()) {
                if (NOT_AT_RANDOM.contains(one.api())) continue;
                for (int i = 0; i < 3; i++) {
                    var body = any.spoiled(any.body(one.api().messageType.requestSchemas()[one.version()]));
                    var outcome = outcome(one, body, SHORT_PATIENCE);
                    if (outcome.startsWith("wrong")) wrong.add(one + ": " + outcome);
                }
                ApiMessage _ = neighbour.call(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
            }
        }
        assertEquals(List.of(), wrong);
        assertAlive();
    }

    private AnyMessage anyMessage() {
        var topic = Topics.create(broker, "any", 2);
        return new AnyMessage(new Random(seed), List.of(topic, "any-group", "1", "retention.ms", "range", "consumer"));
    }

    private String outcome(Version one, ByteBuffer body, Duration patience) {
        try (var rpc = Rpc.connect(broker.port(), patience)) {
            rpc.sendBody(one.api(), one.version(), body);
            ApiMessage _ = rpc.receive();
            return "answered";
        } catch (EOFException | SocketException closed) {
            return "closed";
        } catch (SocketTimeoutException silence) {
            return "silence";
        } catch (IOException | AssertionError | RuntimeException e) {
            return "wrong " + e;
        }
    }

    /// What the broker says it has, as far as this client knows it.
    private List<Version> advertised() throws IOException {
        try (var rpc = Rpc.connect(broker)) {
            var request = new ApiVersionsRequestData()
                    .setClientSoftwareName("acceptance")
                    .setClientSoftwareVersion("1");
            ApiVersionsResponseData answer = rpc.call(ApiKeys.API_VERSIONS, 4, request);
            var all = new ArrayList<Version>();
            for (ApiVersion api : answer.apiKeys()) {
                var key = ApiKeys.forId(api.apiKey());
                int first = Math.max(api.minVersion(), key.messageType.lowestSupportedVersion());
                if (isKafka && NOT_FOR_KAFKA.contains(key)) continue;
                for (int v = first; v <= api.maxVersion(); v++) all.add(new Version(key, (short) v));
            }
            return all;
        }
    }

    private static ApiMessage minimal(ApiKeys api) {
        var request = api.messageType.newRequest();
        if (request instanceof ProduceRequestData produce) produce.setAcks((short) -1);
        if (request instanceof ApiVersionsRequestData versions) {
            versions.setClientSoftwareName("acceptance").setClientSoftwareVersion("1");
        }
        return request;
    }

    private void assertAlive() throws IOException {
        assertTrue(broker.process().isAlive(), broker.process().transcript());
        var topic = Topics.create(broker, "alive", 1);
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(0, Batches.send(rpc, topic, 0, Batches.plain("alive")).errorCode());
        }
    }
}
