package io.millrace.model.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.record.BatchParser.Parsed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Method: whole batches come through; anything else is refused with a declared code, and never throws.
class BatchParserTest {

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void wholeBatchesComeThroughAsViews() {
        var one = batch(3);
        var two = batch(1);
        var both = ByteBuffer.allocate(one.remaining() + two.remaining())
                .put(one.duplicate())
                .put(two.duplicate())
                .flip();

        var parsed = assertInstanceOf(Parsed.Batches.class, BatchParser.parse(both));

        assertEquals(2, parsed.batches().size());
        assertEquals(3, parsed.batches().getFirst().recordCount());
        assertEquals(one.remaining(), parsed.batches().getFirst().sizeBytes());
        assertEquals(two, parsed.batches().getLast().bytes());
    }

    @Test
    void everyFlippedBitBehindTheLengthIsNoticed() {
        var good = batch(4);
        for (int bit = RecordBatch.MAGIC_AT * 8; bit < good.remaining() * 8; bit++) {
            var bad = copy(good);
            bad.put(bit / 8, (byte) (bad.get(bit / 8) ^ (1 << (bit % 8))));
            assertInstanceOf(Parsed.Malformed.class, BatchParser.parse(bad), "bit " + bit);
        }
    }

    @Test
    void aBatchCutAnywhereIsRefused() {
        var good = batch(4);
        for (int length = 1; length < good.remaining(); length++) {
            var cut = good.slice(0, length);
            var refused = assertInstanceOf(Parsed.Malformed.class, BatchParser.parse(cut), "length " + length);
            assertEquals(Errors.CORRUPT_MESSAGE, refused.code());
        }
    }

    @Test
    void anyBytesGiveAnAnswer() {
        for (int round = 0; round < 20_000; round++) {
            var bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > RecordBatch.MAGIC_AT && random.nextBoolean()) bytes[RecordBatch.MAGIC_AT] = 2;
            var parsed = BatchParser.parse(ByteBuffer.wrap(bytes));
            if (bytes.length > 0) assertInstanceOf(Parsed.Malformed.class, parsed, "seed " + seed);
        }
    }

    @Test
    void olderFormatsAreNamed() {
        var old = copy(batch(1));
        old.put(RecordBatch.MAGIC_AT, (byte) 1);

        var refused = assertInstanceOf(Parsed.Malformed.class, BatchParser.parse(old));

        assertEquals(Errors.INVALID_RECORD, refused.code());
    }

    /// A message of an older format may be shorter than a header of this one.
    @Test
    void olderFormatsAreNamedHoweverShort() {
        var message = ByteBuffer.allocate(RecordBatch.MAGIC_AT + 1);

        var refused = assertInstanceOf(Parsed.Malformed.class, BatchParser.parse(message));

        assertEquals(Errors.INVALID_RECORD, refused.code());
    }

    @Test
    void aHeaderThatContradictsItselfIsAnInvalidRecord() {
        var liar = copy(batch(3));
        liar.putInt(RecordBatch.RECORD_COUNT_AT, 2);
        liar.putInt(RecordBatch.CRC_AT, new RecordBatch(liar, 0).computeCrc());

        var refused = assertInstanceOf(Parsed.Malformed.class, BatchParser.parse(liar));

        assertEquals(Errors.INVALID_RECORD, refused.code());
    }

    @Test
    void theLeadersStampLeavesTheChecksumRight() {
        var batch = new RecordBatch(batch(5), 0);

        batch.stamp(1_000_000_000_000L, 77);
        assertEquals(batch.crc(), batch.computeCrc());
        assertEquals(1_000_000_000_004L, batch.lastOffset());

        batch.stampAppendTime(1234);
        assertEquals(batch.crc(), batch.computeCrc());
        assertTrue(batch.isLogAppendTime());
        assertEquals(1234, batch.maxTimestampMs());
    }

    @Test
    void sequencesWrapToZero() {
        var wrapping = new BatchBuilder()
                .producer(9, (short) 0, Integer.MAX_VALUE - 1)
                .add(record("a"))
                .add(record("b"))
                .add(record("c"))
                .build();

        assertEquals(0, new RecordBatch(wrapping, 0).lastSequence());
    }

    private ByteBuffer batch(int records) {
        var builder = new BatchBuilder();
        for (int i = 0; i < records; i++) builder.add(record("value " + random.nextInt()));
        return builder.build();
    }

    private static LogRecord record(String value) {
        return LogRecord.of(1_000, null, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
