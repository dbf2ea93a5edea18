package io.millrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Kafka's file of what producers sent last (`<offset>.snapshot`): `version i16 = 1, crc u32, count i32`, and per
/// entry what [Entry] lists. The checksum covers everything after itself.
///
/// Kafka keeps one entry per producer. Here a producer has one per remembered batch, oldest first: Kafka's reader
/// takes the last, and ours knows all five again.
final class ProducerSnapshot {

    private static final short VERSION = 1;
    private static final int CRC_AT = 2;
    private static final int COVERED_AT = 6;
    private static final int HEADER_BYTES = 10;
    private static final int ENTRY_BYTES = 46;

    /// One batch of one producer.
    ///
    /// @param lastSequence     -1 when the producer sent nothing in its epoch; then the offset is -1 too
    /// @param offsetDelta      last offset - first offset, and likewise the sequences
    /// @param timestampMs      of the newest batch: when the broker saw it; of older ones their largest timestamp
    /// @param coordinatorEpoch -1 for none
    /// @param txnFirstOffset   -1 for none
    record Entry(
            long producerId,
            short epoch,
            int lastSequence,
            long lastOffset,
            int offsetDelta,
            long timestampMs,
            int coordinatorEpoch,
            long txnFirstOffset) {

        private boolean isPossible() {
            return lastSequence < 0 || (offsetDelta >= 0 && lastOffset >= offsetDelta && lastOffset < Long.MAX_VALUE);
        }
    }

    private ProducerSnapshot() {}

    static ByteBuffer encode(List<Entry> entries) {
        var out = ByteBuffer.allocate(HEADER_BYTES + entries.size() * ENTRY_BYTES);
        out.putShort(VERSION).putInt(0).putInt(entries.size());
        for (var entry : entries) {
            out.putLong(entry.producerId).putShort(entry.epoch);
            out.putInt(entry.lastSequence).putLong(entry.lastOffset).putInt(entry.offsetDelta);
            out.putLong(entry.timestampMs).putInt(entry.coordinatorEpoch).putLong(entry.txnFirstOffset);
        }
        out.flip();
        return out.putInt(CRC_AT, crc(out));
    }

    /// @throws IOException when the bytes are no snapshot, or not a whole one
    static List<Entry> decode(ByteBuffer in) throws IOException {
        int size = in.remaining();
        if (size < HEADER_BYTES) throw new IOException(size + " bytes are too few for a producer snapshot");
        if (in.getShort(0) != VERSION) throw new IOException("producer snapshot of version " + in.getShort(0));
        if (in.getInt(CRC_AT) != crc(in)) throw new IOException("producer snapshot with a wrong checksum");
        int count = in.getInt(COVERED_AT);
        if (count < 0 || size != HEADER_BYTES + (long) count * ENTRY_BYTES) {
            throw new IOException("producer snapshot of %d entries in %d bytes".formatted(count, size));
        }
        var entries = new ArrayList<Entry>(count);
        var at = in.slice(HEADER_BYTES, size - HEADER_BYTES);
        for (int i = 0; i < count; i++) {
            var entry = new Entry(
                    at.getLong(),
                    at.getShort(),
                    at.getInt(),
                    at.getLong(),
                    at.getInt(),
                    at.getLong(),
                    at.getInt(),
                    at.getLong());
            if (!entry.isPossible()) throw new IOException("producer snapshot with " + entry);
            entries.add(entry);
        }
        return entries;
    }

    private static int crc(ByteBuffer whole) {
        var crc = new CRC32C();
        crc.update(whole.slice(COVERED_AT, whole.limit() - COVERED_AT));
        return (int) crc.getValue();
    }
}
