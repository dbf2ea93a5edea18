package io.millrace.quorum;

import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.MetadataRecordCodec;
import io.millrace.metadata.UnreadableRecordException;
import java.nio.ByteBuffer;

/// A whole image as bytes, with the last entry that led to it.
record ImageSnapshot(EntryId last, ClusterImage image) {

    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + 3 * Long.BYTES;

    byte[] encode() {
        byte[] records = MetadataRecordCodec.encode(image.records());
        return ByteBuffer.allocate(HEADER_BYTES + records.length)
                .put(VERSION)
                .putLong(last.term())
                .putLong(last.sequence())
                .putLong(image.index())
                .put(records)
                .array();
    }

    /// @throws UnreadableRecordException when `bytes` are no snapshot, or one of a newer release
    static ImageSnapshot decode(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER_BYTES)
            throw new UnreadableRecordException("a metadata snapshot has only " + bytes.length + " bytes");
        byte version = in.get();
        if (version != VERSION)
            throw new UnreadableRecordException(
                    "a metadata snapshot has version %d; this release reads version %d".formatted(version, VERSION));
        var last = new EntryId(in.getLong(), in.getLong());
        long index = in.getLong();
        try {
            return new ImageSnapshot(last, ClusterImage.EMPTY.after(MetadataRecordCodec.decode(in), index));
        } catch (IllegalArgumentException e) {
            throw new UnreadableRecordException(
                    "the records of a metadata snapshot contradict each other: " + e.getMessage());
        }
    }
}
