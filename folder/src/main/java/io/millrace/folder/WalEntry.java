package io.millrace.folder;

import java.nio.ByteBuffer;

/// One line of the write-ahead log.
public sealed interface WalEntry {

    WalLog log();

    /// These bytes belong into a segment, and make everything before `endOffset` durable.
    ///
    /// @param baseOffset    which segment
    /// @param positionBytes where in its file
    record Data(WalLog log, long baseOffset, int positionBytes, long endOffset, ByteBuffer bytes) implements WalEntry {}

    /// Everything before `endOffset` is durable: what no [Data] holds was synced in its segments.
    record Synced(WalLog log, long endOffset) implements WalEntry {}

    /// The log ends at `endOffset`, at this place of this segment: what was said of anything later
    /// is void.
    record Cut(WalLog log, long baseOffset, int positionBytes, long endOffset) implements WalEntry {}

    /// The partition was deleted.
    record Gone(WalLog log) implements WalEntry {}
}
