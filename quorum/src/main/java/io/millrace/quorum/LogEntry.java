package io.millrace.quorum;

import io.millrace.metadata.MetadataRecord;
import io.millrace.metadata.MetadataRecordCodec;
import io.millrace.metadata.UnreadableRecordException;
import java.nio.ByteBuffer;
import java.util.List;

/// What stands in the metadata log: records that hold all together, and the entry they were decided on.
///
/// An entry counts only when the last one that counted before it is the one it was decided on. So a proposal that
/// was lost, followed by one that was not, cannot bend the image.
///
/// @param decidedOn the last entry that its proposer knew of
record LogEntry(EntryId id, EntryId decidedOn, List<MetadataRecord> records) {

    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + 4 * Long.BYTES;

    byte[] encode() {
        byte[] encoded = MetadataRecordCodec.encode(records);
        return ByteBuffer.allocate(HEADER_BYTES + encoded.length)
                .put(VERSION)
                .putLong(id.term())
                .putLong(id.sequence())
                .putLong(decidedOn.term())
                .putLong(decidedOn.sequence())
                .put(encoded)
                .array();
    }

    /// @throws UnreadableRecordException when `bytes` are no entry, or one of a newer release
    static LogEntry decode(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER_BYTES)
            throw new UnreadableRecordException("an entry of the metadata log has only " + bytes.length + " bytes");
        byte version = in.get();
        if (version != VERSION)
            throw new UnreadableRecordException(
                    "an entry of the metadata log has version %d; this release reads version %d"
                            .formatted(version, VERSION));
        var id = new EntryId(in.getLong(), in.getLong());
        var decidedOn = new EntryId(in.getLong(), in.getLong());
        return new LogEntry(id, decidedOn, MetadataRecordCodec.decode(in));
    }
}
