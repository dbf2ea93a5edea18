package io.millrace.model.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// One record batch (format v2) as a view over the bytes it arrived in; nothing is copied.
///
/// The checksum covers everything from the attributes on, so a leader stamps the base offset and its epoch
/// in place without touching it. Changing the timestamp type does touch it.
///
/// ```
///  0 baseOffset i64 | 8 batchLength i32 | 12 partitionLeaderEpoch i32 | 16 magic i8 | 17 crc u32
/// 21 attributes i16 | 23 lastOffsetDelta i32 | 27 baseTimestamp i64 | 35 maxTimestamp i64
/// 43 producerId i64 | 51 producerEpoch i16 | 53 baseSequence i32 | 57 recordCount i32 | 61 records
/// ```
public final class RecordBatch {

    /// Base offset and length: what comes before the bytes that `batchLength` counts.
    public static final int PREFIX_BYTES = 12;

    /// Size of the header; a batch without records is exactly this long.
    public static final int HEADER_BYTES = 61;

    public static final byte MAGIC = 2;

    public static final long NO_PRODUCER_ID = -1;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;

    static final int LENGTH_AT = 8;
    static final int EPOCH_AT = 12;
    static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    static final int ATTRIBUTES_AT = 21;
    static final int LAST_OFFSET_DELTA_AT = 23;
    static final int BASE_TIMESTAMP_AT = 27;
    static final int MAX_TIMESTAMP_AT = 35;
    static final int PRODUCER_ID_AT = 43;
    static final int PRODUCER_EPOCH_AT = 51;
    static final int BASE_SEQUENCE_AT = 53;
    static final int RECORD_COUNT_AT = 57;

    private static final int CODEC_MASK = 0x07;
    private static final int LOG_APPEND_TIME = 0x08;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;
    private static final int DELETE_HORIZON = 0x40;
    private static final long NO_TIMESTAMP = -1;

    private final ByteBuffer buffer;
    private final int at;

    /// A view of the batch that begins at index `at` of `buffer` (big-endian). The header must lie in the
    /// buffer; the records need not, for a reader that only looks at headers.
    public RecordBatch(ByteBuffer buffer, int at) {
        this.buffer = buffer;
        this.at = at;
    }

    public long baseOffset() {
        return buffer.getLong(at);
    }

    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /// One past the last offset.
    public long endOffset() {
        return lastOffset() + 1;
    }

    /// Size of the whole batch, prefix included.
    public int sizeBytes() {
        return PREFIX_BYTES + buffer.getInt(at + LENGTH_AT);
    }

    public int partitionLeaderEpoch() {
        return buffer.getInt(at + EPOCH_AT);
    }

    public byte magic() {
        return buffer.get(at + MAGIC_AT);
    }

    public int crc() {
        return buffer.getInt(at + CRC_AT);
    }

    public short attributes() {
        return buffer.getShort(at + ATTRIBUTES_AT);
    }

    public int lastOffsetDelta() {
        return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    public long baseTimestampMs() {
        return buffer.getLong(at + BASE_TIMESTAMP_AT);
    }

    public long maxTimestampMs() {
        return buffer.getLong(at + MAX_TIMESTAMP_AT);
    }

    public long producerId() {
        return buffer.getLong(at + PRODUCER_ID_AT);
    }

    public short producerEpoch() {
        return buffer.getShort(at + PRODUCER_EPOCH_AT);
    }

    public int baseSequence() {
        return buffer.getInt(at + BASE_SEQUENCE_AT);
    }

    /// The sequence of the last record; sequences wrap from `Integer.MAX_VALUE` to 0.
    public int lastSequence() {
        return (int) ((baseSequence() + (long) lastOffsetDelta()) & Integer.MAX_VALUE);
    }

    public int recordCount() {
        return buffer.getInt(at + RECORD_COUNT_AT);
    }

    /// 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
    public int codec() {
        return attributes() & CODEC_MASK;
    }

    public boolean isCompressed() {
        return codec() != 0;
    }

    public boolean isLogAppendTime() {
        return (attributes() & LOG_APPEND_TIME) != 0;
    }

    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL) != 0;
    }

    /// A transaction marker or another record for brokers, which clients never see.
    public boolean isControl() {
        return (attributes() & CONTROL) != 0;
    }

    /// Whether compaction has seen marks of deleted keys in the batch, or a marker whose transaction is gone; the base
    /// timestamp then says until when they stay (KIP-534).
    public boolean hasDeleteHorizon() {
        return (attributes() & DELETE_HORIZON) != 0;
    }

    /// Until when deletions in the batch stay, in milliseconds on the clock of the broker that compacted it; only with
    /// [#hasDeleteHorizon].
    public long deleteHorizonMs() {
        return baseTimestampMs();
    }

    public boolean hasProducerId() {
        return producerId() != NO_PRODUCER_ID;
    }

    /// The checksum of the bytes as they are; equal to [#crc] in a batch that is whole. The records must
    /// lie in the buffer.
    public int computeCrc() {
        var crc = new CRC32C();
        crc.update(buffer.slice(at + ATTRIBUTES_AT, sizeBytes() - ATTRIBUTES_AT));
        return (int) crc.getValue();
    }

    /// The bytes of the whole batch, as a slice of the buffer they lie in.
    public ByteBuffer bytes() {
        return buffer.slice(at, sizeBytes());
    }

    /// Writes what only the leader knows. The checksum stays right.
    public void stamp(long baseOffset, int leaderEpoch) {
        buffer.putLong(at, baseOffset);
        buffer.putInt(at + EPOCH_AT, leaderEpoch);
    }

    /// Says that every record was appended at `timeMs`, and mends the checksum.
    public void stampAppendTime(long timeMs) {
        buffer.putShort(at + ATTRIBUTES_AT, (short) (attributes() | LOG_APPEND_TIME));
        buffer.putLong(at + MAX_TIMESTAMP_AT, timeMs);
        buffer.putInt(at + CRC_AT, computeCrc());
    }

    /// The same batch without any record: offsets, producer and sequences stay, for they say what was there. Times go
    /// with the records. In a buffer of its own.
    public ByteBuffer emptied() {
        var empty = ByteBuffer.allocate(HEADER_BYTES).put(buffer.slice(at, HEADER_BYTES));
        int kept = attributes() & (LOG_APPEND_TIME | TRANSACTIONAL | CONTROL);
        empty.putInt(LENGTH_AT, HEADER_BYTES - PREFIX_BYTES).putShort(ATTRIBUTES_AT, (short) kept);
        empty.putLong(BASE_TIMESTAMP_AT, NO_TIMESTAMP).putLong(MAX_TIMESTAMP_AT, NO_TIMESTAMP);
        empty.putInt(RECORD_COUNT_AT, 0);
        empty.putInt(CRC_AT, new RecordBatch(empty, 0).computeCrc());
        return empty.flip();
    }

    @Override
    public String toString() {
        return "RecordBatch[%d..%d, %d bytes, epoch %d, producer %d/%d seq %d]"
                .formatted(
                        baseOffset(),
                        lastOffset(),
                        sizeBytes(),
                        partitionLeaderEpoch(),
                        producerId(),
                        producerEpoch(),
                        baseSequence());
    }
}
