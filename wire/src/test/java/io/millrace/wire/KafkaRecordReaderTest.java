package io.millrace.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.BatchParser;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class KafkaRecordReaderTest {

    private final RecordReader reader = new KafkaRecordReader(1 << 20);

    @Test
    void everyCodecGivesTheSameRecords() throws Exception {
        for (var codec : CompressionType.values()) {
            var sent = new SimpleRecord(
                    5, bytes("key"), bytes("value"), new RecordHeader[] {new RecordHeader("h", bytes("1"))});
            var records = MemoryRecords.withRecords(
                    Compression.of(codec).build(), sent, new SimpleRecord(6, null, bytes("b")));
            var seen = new ArrayList<LogRecord>();

            reader.read(batch(records.buffer()), seen::add);

            assertEquals(2, seen.size(), codec.name);
            assertEquals(ByteBuffer.wrap(bytes("key")), seen.getFirst().key());
            assertEquals("h", seen.getFirst().headers().getFirst().key());
            assertEquals(1, seen.getLast().offset());
            assertEquals(6, seen.getLast().timestampMs());
        }
    }

    @Test
    void ourOwnBatchesAreReadByKafka() throws Exception {
        var header = new LogRecord.Header("trace", null);
        var ours = new BatchBuilder()
                .at(100, 3)
                .add(new LogRecord(-1, 70, ByteBuffer.wrap(bytes("k")), null, List.of(header)))
                .add(LogRecord.of(60, null, ByteBuffer.wrap(new byte[300])))
                .build();
        var seen = new ArrayList<LogRecord>();

        reader.read(batch(ours), seen::add);

        assertEquals(101, seen.getLast().offset());
        assertEquals(60, seen.getLast().timestampMs());
        assertEquals(ByteBuffer.wrap(new byte[300]), seen.getLast().value());
        assertEquals(List.of(header), seen.getFirst().headers());
        assertInstanceOf(BatchParser.Parsed.Batches.class, BatchParser.parse(ours));
    }

    @Test
    void aBatchIsPackedAnewWithTheSameContents() throws Exception {
        var sent = batch(new BatchBuilder()
                .producer(7, (short) 2, 40)
                .add(new LogRecord(-1, 5, null, ByteBuffer.wrap(bytes("a")), List.of(new LogRecord.Header("h", null))))
                .add(LogRecord.of(9, ByteBuffer.wrap(bytes("k")), null))
                .build());
        var expected = new ArrayList<LogRecord>();
        reader.read(sent, expected::add);
        var packer = new KafkaBatchPacker(reader);

        for (int codec = 0; codec <= 4; codec++) {
            var packed = batch(packer.repack(sent, codec, 3));
            var seen = new ArrayList<LogRecord>();
            reader.read(packed, seen::add);

            assertEquals(codec, packed.codec());
            assertEquals(expected, seen);
            assertEquals(41, packed.lastSequence());
            assertEquals(7, packed.producerId());
            assertInstanceOf(BatchParser.Parsed.Batches.class, BatchParser.parse(packed.bytes()));
        }
    }

    @Test
    void aHigherLevelPacksCloser() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 5_000; i++)
            text.append(Integer.toHexString(i * 7919)).append(i % 10);
        var sent = batch(new BatchBuilder()
                .add(LogRecord.of(9, null, ByteBuffer.wrap(bytes(text.toString()))))
                .build());
        var packer = new KafkaBatchPacker(reader);
        int[][] codecs = {{1, 1, 9}, {3, 1, 17}, {4, 1, 22}};
        for (var codec : codecs) {
            int low = packer.repack(sent, codec[0], codec[1]).remaining();
            int high = packer.repack(sent, codec[0], codec[2]).remaining();
            assertTrue(high < low, "codec %d: %d and %d bytes".formatted(codec[0], low, high));
        }
    }

    @Test
    void aBatchThatUnpacksToTooMuchIsRefused() {
        var bomb = MemoryRecords.withRecords(
                Compression.gzip().build(),
                new SimpleRecord(new byte[400_000]),
                new SimpleRecord(new byte[400_000]),
                new SimpleRecord(new byte[400_000]));

        assertThrows(RecordReader.MalformedRecords.class, () -> reader.read(batch(bomb.buffer()), _ -> {}));
    }

    /// A hundred bytes that would have us allocate gigabytes.
    @Test
    void aRecordThatClaimsToBeHugeIsRefused() throws Exception {
        var body = ByteBuffer.allocate(16);
        for (long rest = 1_500_000_000L << 1; rest != 0; rest >>>= 7)
            body.put((byte) (rest > 0x7f ? rest | 0x80 : rest));
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(body.array(), 0, 16);
        }
        var header = new BatchBuilder().add(LogRecord.of(1, null, null)).build();
        var huge = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + packed.size());
        huge.put(header.slice(0, RecordBatch.HEADER_BYTES))
                .put(packed.toByteArray())
                .flip();
        huge.putInt(8, huge.remaining() - RecordBatch.PREFIX_BYTES);
        huge.putShort(21, (short) 1);
        huge.putInt(17, new RecordBatch(huge, 0).computeCrc());

        assertThrows(RecordReader.MalformedRecords.class, () -> reader.read(batch(huge), _ -> {}));
    }

    @Test
    void brokenContentsAreRefused() {
        var records = MemoryRecords.withRecords(Compression.lz4().build(), new SimpleRecord(bytes("some value")));
        var broken =
                ByteBuffer.allocate(records.sizeInBytes()).put(records.buffer()).flip();
        for (int i = RecordBatch.HEADER_BYTES; i < broken.limit(); i++) broken.put(i, (byte) 7);

        assertThrows(RecordReader.MalformedRecords.class, () -> reader.read(batch(broken), _ -> {}));
    }

    private static RecordBatch batch(ByteBuffer bytes) {
        return new RecordBatch(bytes, bytes.position());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
