package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a broker says to batches that it must not take, and to producers that are not who they were.
@ExtendWith(SharedBroker.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProduceErrorsScenario {

    private static final int CRC_AT = 17;
    private static final int RECORD_COUNT_AT = 57;
    private static final int ATTRIBUTES_AT = 21;
    private static final int CONTROL = 0x20;
    private static final int TRANSACTIONAL = 0x10;

    private static final Set<Errors> REFUSED_FOR_ITS_CODEC =
            Set.of(Errors.UNSUPPORTED_COMPRESSION_TYPE, Errors.INVALID_RECORD, Errors.CORRUPT_MESSAGE);

    /// Kafka's is the first; before there are transactions the second is as final for a producer.
    private static final Set<Errors> REFUSED_FOR_NO_TRANSACTION =
            Set.of(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, Errors.INVALID_TXN_STATE);

    private String topic = "";
    private String small = "";
    private String compacted = "";
    private String punctual = "";

    @BeforeAll
    void makeTopics(BrokerProcess broker) {
        topic = Topics.create(broker, "refusing", 1);
        small = Topics.create(broker, "small", 1, Map.of("max.message.bytes", "1000"));
        compacted = Topics.create(broker, "keyed", 1, Map.of("cleanup.policy", "compact"));
        punctual = Topics.create(
                broker,
                "punctual",
                1,
                Map.of("message.timestamp.before.max.ms", "60000", "message.timestamp.after.max.ms", "60000"));
    }

    @TestFactory
    Stream<DynamicTest> batchesThatAreNotTaken(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("a good one", Errors.NONE, rpc -> code(rpc, topic, 0, Batches.plain("good"))),
                        Case.of(
                                "unknown topic",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> code(rpc, "no-such-topic", 0, Batches.plain("x"))),
                        Case.of(
                                "unknown partition",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> code(rpc, topic, 1, Batches.plain("x"))),
                        Case.of(
                                "negative partition",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> code(rpc, topic, -1, Batches.plain("x"))),
                        Case.of("unknown topic id", Errors.UNKNOWN_TOPIC_ID, this::unknownTopicId),
                        Case.of("acks=2", Errors.INVALID_REQUIRED_ACKS, rpc -> {
                            var request = Batches.produce(topic, 0, Batches.plain("x"))
                                    .setAcks((short) 2);
                            return answer(rpc, request);
                        }),
                        Case.of(
                                "too large for the topic",
                                Errors.MESSAGE_TOO_LARGE,
                                rpc -> code(rpc, small, 0, Batches.plain("x".repeat(1_000)))),
                        Case.of(
                                "just small enough",
                                Errors.NONE,
                                rpc -> code(rpc, small, 0, Batches.plain("x".repeat(900)))),
                        Case.of("wrong checksum", Errors.CORRUPT_MESSAGE, rpc -> code(rpc, topic, 0, changed(CRC_AT))),
                        Case.of("changed record", Errors.CORRUPT_MESSAGE, rpc -> {
                            var records = Batches.plain("some text");
                            return code(rpc, topic, 0, changed(records, records.sizeInBytes() - 3));
                        }),
                        Case.of(
                                "changed attributes",
                                Errors.CORRUPT_MESSAGE,
                                rpc -> code(rpc, topic, 0, changed(ATTRIBUTES_AT))),
                        Case.of(
                                "changed count",
                                Errors.CORRUPT_MESSAGE,
                                rpc -> code(rpc, topic, 0, changed(RECORD_COUNT_AT))),
                        Case.of("old format", Errors.INVALID_RECORD, rpc -> code(rpc, topic, 0, oldFormat())),
                        Case.of("two batches", Errors.INVALID_RECORD, rpc -> code(rpc, topic, 0, twoBatches())),
                        Case.of("no batch", Errors.INVALID_RECORD, rpc -> code(rpc, topic, 0, MemoryRecords.EMPTY)),
                        Case.of(
                                "no key for a compacted topic",
                                Errors.INVALID_RECORD,
                                rpc -> code(rpc, compacted, 0, Batches.plain("no key"))),
                        Case.of("time too early", Errors.INVALID_TIMESTAMP, rpc -> code(rpc, punctual, 0, at(1_000))),
                        Case.of(
                                "time too late",
                                Errors.INVALID_TIMESTAMP,
                                rpc -> code(rpc, punctual, 0, at(System.currentTimeMillis() + 600_000))),
                        Case.of(
                                "control batch",
                                Errors.INVALID_RECORD,
                                rpc -> code(rpc, topic, 0, attributes(CONTROL)))));
    }

    @Test
    void aBatchOfNoTransactionIsRefused(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            var code = Errors.forCode(code(rpc, topic, 0, attributes(TRANSACTIONAL)));
            assertTrue(REFUSED_FOR_NO_TRANSACTION.contains(code), code.name());
        }
    }

    @Test
    @MillraceOnly("Kafka answers UNKNOWN_SERVER_ERROR, which tells a client nothing")
    void aBatchWithAnUnknownCodecIsRefused(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            var code = Errors.forCode(code(rpc, topic, 0, attributes(7)));
            assertTrue(REFUSED_FOR_ITS_CODEC.contains(code), code.name());
        }
    }

    /// Nothing of what was refused is in the log.
    @Test
    void refusedBatchesLeaveNothingBehind(BrokerProcess broker) throws Exception {
        var clean = Topics.create(broker, "clean", 1);
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(Errors.CORRUPT_MESSAGE.code(), code(rpc, clean, 0, changed(CRC_AT)));
            assertEquals(Errors.INVALID_RECORD.code(), code(rpc, clean, 0, twoBatches()));
            assertEquals(0, Batches.send(rpc, clean, 0, Batches.plain("first")).baseOffset());
        }
        assertEquals(1, Topics.readAll(broker, clean).size());
    }

    /// A retry is answered with the offset of the original; a gap, an old epoch and a stranger are refused.
    @Test
    void sequencesOfAProducerAreKept(BrokerProcess broker) throws Exception {
        var clean = Topics.create(broker, "sequences", 1);
        try (var rpc = Rpc.connect(broker)) {
            long id = producerId(rpc);
            for (int sequence = 0; sequence < 6; sequence++) {
                assertEquals(sequence, sent(rpc, clean, id, 0, sequence, Errors.NONE));
            }
            for (int sequence = 1; sequence < 6; sequence++) {
                assertEquals(sequence, sent(rpc, clean, id, 0, sequence, Errors.NONE));
            }
            var _ = sent(rpc, clean, id, 0, 8, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            var _ = sent(rpc, clean, id, 1, 5, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertEquals(6, sent(rpc, clean, id, 1, 0, Errors.NONE));
            var _ = sent(rpc, clean, id, 0, 6, Errors.INVALID_PRODUCER_EPOCH);
            assertEquals(7, sent(rpc, clean, id, 1, 1, Errors.NONE));
        }
        assertEquals(8, Topics.readAll(broker, clean).size());
    }

    /// A batch from before the last five is known as an old one.
    @Test
    void aVeryOldDuplicateIsRefused(BrokerProcess broker) throws Exception {
        var clean = Topics.create(broker, "old-duplicate", 1);
        try (var rpc = Rpc.connect(broker)) {
            long id = producerId(rpc);
            for (int sequence = 0; sequence < 7; sequence++) {
                var _ = sent(rpc, clean, id, 0, sequence, Errors.NONE);
            }
            var _ = sent(rpc, clean, id, 0, 0, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
    }

    @TestFactory
    Stream<DynamicTest> producersThatAreNotMade(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of(
                                "empty transactional id",
                                Errors.INVALID_REQUEST,
                                rpc -> made(rpc, new InitProducerIdRequestData().setTransactionTimeoutMs(60_000))),
                        Case.of(
                                "an id without its epoch",
                                Errors.INVALID_REQUEST,
                                rpc -> made(
                                        rpc,
                                        new InitProducerIdRequestData()
                                                .setTransactionalId(null)
                                                .setProducerId(5)))));
    }

    private static short made(Rpc rpc, InitProducerIdRequestData request) throws Exception {
        InitProducerIdResponseData answer = rpc.call(ApiKeys.INIT_PRODUCER_ID, 4, request);
        return answer.errorCode();
    }

    @Test
    void everyProducerGetsAnIdOfItsOwn(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            long first = producerId(rpc);
            long second = producerId(rpc);
            assertNotEquals(first, second);
        }
    }

    /// With acks=0 nothing is answered, and the next answer is that of the next request.
    @Test
    void withoutAcksThereIsNoAnswer(BrokerProcess broker) throws Exception {
        var clean = Topics.create(broker, "no-acks", 1);
        try (var rpc = Rpc.connect(broker)) {
            var silent = Batches.produce(clean, 0, Batches.plain("silent")).setAcks((short) 0);
            rpc.sendUnanswered(ApiKeys.PRODUCE, Batches.PRODUCE_BY_NAME, silent);
            assertEquals(1, Batches.send(rpc, clean, 0, Batches.plain("loud")).baseOffset());
        }
    }

    private short unknownTopicId(Rpc rpc) throws Exception {
        var request = Batches.produce("", 0, Batches.plain("x"));
        request.topicData().iterator().next().setTopicId(Uuid.randomUuid());
        ProduceResponseData answer = rpc.call(ApiKeys.PRODUCE, 13, request);
        return Batches.only(answer).errorCode();
    }

    private static short code(Rpc rpc, String topic, int partition, MemoryRecords records) throws Exception {
        return Batches.send(rpc, topic, partition, records).errorCode();
    }

    private static short answer(Rpc rpc, ProduceRequestData request) throws Exception {
        ProduceResponseData answer = rpc.call(ApiKeys.PRODUCE, Batches.PRODUCE_BY_NAME, request);
        return Batches.only(answer).errorCode();
    }

    private static MemoryRecords changed(int at) {
        return changed(Batches.plain("some text"), at);
    }

    /// The same batch with one bit changed.
    private static MemoryRecords changed(MemoryRecords records, int at) {
        var bytes = records.buffer().duplicate();
        bytes.put(at, (byte) (bytes.get(at) ^ 1));
        return records;
    }

    private static MemoryRecords oldFormat() {
        return MemoryRecords.withRecords(
                (byte) 1, Compression.NONE, new SimpleRecord("old".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static MemoryRecords twoBatches() {
        var one = Batches.plain("one").buffer();
        var two = Batches.plain("two").buffer();
        return MemoryRecords.readableRecords(ByteBuffer.allocate(one.remaining() + two.remaining())
                .put(one)
                .put(two)
                .flip());
    }

    private static MemoryRecords at(long timestampMs) {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(timestampMs, new byte[] {1}));
    }

    /// A batch with these attributes and a right checksum.
    private static MemoryRecords attributes(int attributes) {
        var records = Batches.plain("some text");
        var bytes = records.buffer();
        bytes.putShort(ATTRIBUTES_AT, (short) attributes);
        var checksum = new CRC32C();
        checksum.update(bytes.slice(ATTRIBUTES_AT, bytes.limit() - ATTRIBUTES_AT));
        bytes.putInt(CRC_AT, (int) checksum.getValue());
        return records;
    }

    private static long producerId(Rpc rpc) throws Exception {
        var request = new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000);
        return Await.value("a producer id", Await.LONG, () -> {
            InitProducerIdResponseData answer = rpc.call(ApiKeys.INIT_PRODUCER_ID, 4, request);
            if (answer.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code()) return Optional.empty();
            assertEquals(Errors.NONE, Errors.forCode(answer.errorCode()));
            return Optional.of(answer.producerId());
        });
    }

    private static long sent(Rpc rpc, String topic, long id, int epoch, int sequence, Errors expected)
            throws Exception {
        var records = MemoryRecords.withIdempotentRecords(
                Compression.NONE, id, (short) epoch, sequence, new SimpleRecord(new byte[] {1}));
        var answer = Batches.send(rpc, topic, 0, records);
        assertEquals(expected, Errors.forCode(answer.errorCode()), "sequence " + sequence + " of epoch " + epoch);
        return answer.baseOffset();
    }
}
