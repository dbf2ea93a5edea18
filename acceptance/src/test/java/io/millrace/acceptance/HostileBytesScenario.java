package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// Bytes that no client sends: they end their own connection and nothing else, and cost little memory.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileBytesScenario {

    private static final int MIB = 1 << 20;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final BrokerProcess broker = BrokerProcess.start(Map.of("max.connections.per.ip", "2000"));

    @AfterAll
    void stop() {
        broker.close();
    }

    @TestFactory
    Stream<DynamicTest> theConnectionIsClosedAndOthersGoOn() {
        return Map.of(
                        "a negative size", ByteBuffer.allocate(4).putInt(-1),
                        "the most negative size", ByteBuffer.allocate(4).putInt(Integer.MIN_VALUE),
                        "the largest size", ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE),
                        "one byte more than is taken", ByteBuffer.allocate(4).putInt(100 * MIB + 1),
                        "an empty frame", ByteBuffer.allocate(4).putInt(0),
                        "a frame too short for a header", frame(0, 3, 0),
                        "an unknown API", frame(0, 9_999, 0, 0, 0, 1, 0xffff),
                        "an unknown version of Metadata", frame(0, 3, 0, 99, 0, 0, 0, 1, 0xffff),
                        "HTTP",
                                ByteBuffer.wrap(
                                        "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                        "the beginning of TLS",
                                ByteBuffer.wrap(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}))
                .entrySet()
                .stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> {
                    var bytes = one.getValue();
                    assertClosed(rpc -> rpc.sendRaw(bytes.position() == 0 ? bytes : bytes.flip()));
                }));
    }

    @TestFactory
    Stream<DynamicTest> bodiesThatLieAreRefused() {
        var metadata = new ArrayList<DynamicTest>();
        for (int count : List.of(Integer.MAX_VALUE, 100_000_000, -2)) {
            metadata.add(DynamicTest.dynamicTest(
                    count + " topics announced, none there",
                    () -> assertClosed(rpc -> rpc.sendBody(
                            ApiKeys.METADATA,
                            4,
                            ByteBuffer.allocate(4).putInt(count).flip()))));
        }
        metadata.add(DynamicTest.dynamicTest(
                "a string longer than the frame",
                () -> assertClosed(rpc -> rpc.sendBody(
                        ApiKeys.METADATA,
                        4,
                        ByteBuffer.allocate(6)
                                .putInt(1)
                                .putShort((short) 32_000)
                                .flip()))));
        metadata.add(DynamicTest.dynamicTest(
                "a client id longer than the frame",
                () -> assertClosed(rpc -> rpc.sendRaw(ByteBuffer.allocate(14)
                        .putInt(10)
                        .putShort(ApiKeys.METADATA.id)
                        .putShort((short) 1)
                        .putInt(1)
                        .putShort((short) 20_000)
                        .flip()))));
        return metadata.stream();
    }

    /// Half of a frame and then the end of the connection: nothing happens.
    @Test
    void aTruncatedFrameIsForgotten() throws Exception {
        var topic = Topics.create(broker, "truncated", 1);
        try (var rpc = Rpc.connect(broker)) {
            rpc.sendRaw(ByteBuffer.allocate(54).putInt(100).clear());
        }
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(0, Batches.send(rpc, topic, 0, Batches.plain("x")).baseOffset());
        }
    }

    /// A version of ApiVersions that is not known is answered in the form of version 0, with the versions known.
    @Test
    void anUnknownVersionOfApiVersionsIsAnsweredInTheOldestForm() throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            rpc.sendFrame(Rpc.header(ApiKeys.API_VERSIONS, 4, 77).putShort(2, (short) 99), ByteBuffer.allocate(20));
            var bytes = rpc.receiveFrame();
            assertEquals(77, bytes.getInt());
            var answer = new ApiVersionsResponseData();
            answer.read(new org.apache.kafka.common.protocol.ByteBufferAccessor(bytes), (short) 0);
            assertEquals(Errors.UNSUPPORTED_VERSION, Errors.forCode(answer.errorCode()));
            var known = answer.apiKeys().find(ApiKeys.API_VERSIONS.id);
            assertTrue(known != null && known.maxVersion() >= 4, "known: " + answer.apiKeys());
            assertFalse(bytes.hasRemaining());

            ApiVersionsResponseData again = rpc.call(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
            assertEquals(Errors.NONE, Errors.forCode(again.errorCode()));
        }
    }

    @Test
    @MillraceOnly("Kafka takes the memory when the size is read")
    void announcedFramesCostNoMemory() throws Exception {
        assertMemoryKept(
                64,
                () -> hold(
                        200,
                        connection -> connection.sendRaw(
                                ByteBuffer.allocate(4).putInt(100 * MIB).flip())));
    }

    /// 100 connections with 5 MiB each of a frame that never ends: a limit for all of them together, and others
    /// are served meanwhile.
    @Test
    @MillraceOnly("Kafka takes the memory when the size is read")
    void unfinishedFramesCostBoundedMemory() throws Exception {
        assertMemoryKept(384, () -> {
            var part = ByteBuffer.allocate(5 * MIB).putInt(0, 50 * MIB);
            // Whoever is not read from blocks in its write: each on a thread of its own, none waited for.
            return hold(
                    100,
                    connection -> Thread.ofVirtual().start(() -> {
                        try {
                            connection.sendRaw(part);
                        } catch (IOException endedByUsOrByTheBroker) {
                            // either is fine
                        }
                    }));
        });
    }

    /// Somebody asks for much and does not read: the broker does not pile it up, and others are served.
    @Test
    void aSlowReaderHoldsNobodyUp() throws Exception {
        var topic = Topics.create(broker, "slow", 1);
        try (var writer = Rpc.connect(broker)) {
            for (int i = 0; i < 40; i++) {
                assertEquals(
                        0,
                        Batches.send(writer, topic, 0, Batches.plain("x".repeat(MIB - 1_000)))
                                .errorCode());
            }
        }
        int fetches = 12;
        try (var slow = Rpc.connect(broker)) {
            assertMemoryKept(192, () -> {
                for (int i = 0; i < fetches; i++) {
                    slow.send(ApiKeys.FETCH, Batches.FETCH_BY_NAME, Batches.fetch(topic, 0, 0, 0, 20 * MIB));
                }
                return List.of();
            });
            for (int i = 0; i < fetches; i++) {
                FetchResponseData answer = slow.receive();
                assertTrue(Batches.only(answer).records().sizeInBytes() > 10 * MIB);
            }
        }
    }

    /// Many requests of many kinds at once, the first of which waits: the answers come in the order of the
    /// requests.
    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        var quiet = Topics.create(broker, "pipeline-quiet", 1);
        var busy = Topics.create(broker, "pipeline-busy", 2);
        try (var rpc = Rpc.connect(broker)) {
            rpc.send(ApiKeys.FETCH, Batches.FETCH_BY_NAME, Batches.fetch(quiet, 0, 0, 700, MIB));
            for (int round = 0; round < 20; round++) {
                rpc.send(ApiKeys.METADATA, 1 + round % 12, new MetadataRequestData());
                rpc.send(ApiKeys.PRODUCE, 12, Batches.produce(busy, round % 2, Batches.plain("r" + round)));
                rpc.send(ApiKeys.FETCH, Batches.FETCH_BY_NAME, Batches.fetch(busy, round % 2, 0, 0, MIB));
                rpc.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
                rpc.send(ApiKeys.LIST_GROUPS, 2, new ListGroupsRequestData());
                rpc.send(ApiKeys.FIND_COORDINATOR, 3, new FindCoordinatorRequestData().setKey("g" + round));
            }
            FetchResponseData waited = rpc.receive();
            assertEquals(0, Batches.only(waited).records().sizeInBytes());
            for (int round = 0; round < 20; round++) {
                MetadataResponseData _ = rpc.receive();
                ProduceResponseData produced = rpc.receive();
                assertEquals(round / 2, Batches.only(produced).baseOffset());
                for (int rest = 0; rest < 4; rest++) {
                    ApiMessage _ = rpc.receive();
                }
            }
        }
    }

    /// A waiting fetch does not hold back what comes behind it: the produce behind it is what it waited for.
    @Test
    @MillraceOnly("Kafka works on one request of a connection at a time")
    void aRequestIsWorkedOnWhileTheOneBeforeItWaits() throws Exception {
        var topic = Topics.create(broker, "pipeline-wake", 1);
        try (var rpc = Rpc.connect(broker)) {
            rpc.send(ApiKeys.FETCH, Batches.FETCH_BY_NAME, Batches.fetch(topic, 0, 0, 85_000, MIB));
            rpc.send(ApiKeys.PRODUCE, Batches.PRODUCE_BY_NAME, Batches.produce(topic, 0, Batches.plain("wake up")));
            rpc.socket().setSoTimeout((int) SOON.toMillis());
            FetchResponseData fetched = rpc.receive();
            assertTrue(Batches.only(fetched).records().sizeInBytes() > 0);
            ProduceResponseData produced = rpc.receive();
            assertEquals(0, Batches.only(produced).errorCode());
        }
    }

    @FunctionalInterface
    private interface Attack {
        void on(Rpc rpc) throws IOException;
    }

    @FunctionalInterface
    private interface Siege {
        List<Rpc> begin() throws IOException;
    }

    private void assertClosed(Attack attack) throws IOException {
        try (var neighbour = Rpc.connect(broker);
                var rpc = Rpc.connect(broker)) {
            attack.on(rpc);
            assertTrue(rpc.isClosedByPeer(SOON), "the connection is still open");
            ApiMessage _ = neighbour.call(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
        }
    }

    private List<Rpc> hold(int connections, Attack attack) throws IOException {
        var held = new ArrayList<Rpc>();
        for (int i = 0; i < connections; i++) {
            var rpc = Rpc.connect(broker);
            held.add(rpc);
            attack.on(rpc);
        }
        return held;
    }

    /// While a siege lasts, others are served, and the broker's memory grows by no more than so many MiB.
    private void assertMemoryKept(int mostMib, Siege siege) throws IOException {
        // What the broker takes once and keeps is not the siege's.
        serve(50);
        long before = broker.residentBytes();
        var held = siege.begin();
        try {
            serve(50);
            long grown = (broker.residentBytes() - before) / MIB;
            assertTrue(grown <= mostMib, "grew by " + grown + " MiB");
        } finally {
            for (var rpc : held) rpc.close();
        }
    }

    private void serve(int requests) throws IOException {
        var topic = Topics.create(broker, "served", 1);
        try (var rpc = Rpc.connect(broker)) {
            for (int i = 0; i < requests; i++) {
                assertEquals(
                        0,
                        Batches.send(rpc, topic, 0, Batches.plain("x".repeat(10_000)))
                                .errorCode());
                ApiMessage _ = rpc.call(ApiKeys.METADATA, 9, new MetadataRequestData());
            }
        }
    }

    /// A whole frame of small numbers: two bytes for those above 127, one for the others.
    private static ByteBuffer frame(int... numbers) {
        var body = ByteBuffer.allocate(64);
        for (int number : numbers) {
            if (number > 127) body.putShort((short) number);
            else body.put((byte) number);
        }
        body.flip();
        return ByteBuffer.allocate(4 + body.remaining())
                .putInt(body.remaining())
                .put(body);
    }
}
