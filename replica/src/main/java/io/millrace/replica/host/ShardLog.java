package io.millrace.replica.host;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// The partition below a [ShardHost], as the host sees it. Called on the partition's loop only.
///
/// @param <R> record
public interface ShardLog<R> {

    /// `NONE` while this node leads the partition and may answer for it; else what askers are told.
    Errors mayAnswer();

    /// `NONE` while a write can be expected to succeed (enough replicas in sync, room on the disk); else
    /// what askers are told whose command would write something.
    Errors mayWrite();

    /// Appends everything, or fails; returns the end offset of the log afterwards. Order is kept; whether
    /// it becomes one batch or several is the log's business.
    ///
    /// @throws IOException the disk failed. The host is closed then, and the partition has to go offline.
    long append(List<R> records) throws IOException;

    /// One past the last record of the log.
    long end();

    /// There is something to write, for the first time since the last [ShardHost#flush]: call it at the end
    /// of this turn.
    void wantsFlush();

    /// `record` has become part of the state, durable or not. Not called during replay.
    default void applied(R record) {}
}
