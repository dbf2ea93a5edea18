package io.millrace.model.record;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One record, as it lies in a batch.
///
/// @param offset      its place in the partition
/// @param timestampMs as its batch says: made by the producer, or the time of the append
/// @param key         the bytes of the key, from position to limit; null for none
/// @param value       likewise; null is a tombstone where the topic is compacted
/// @param headers     in the producer's order; a key may repeat
public record LogRecord(
        long offset,
        long timestampMs,
        @Nullable ByteBuffer key,
        @Nullable ByteBuffer value,
        List<Header> headers) {

    /// @param value null is allowed, and not the same as empty
    public record Header(String key, @Nullable ByteBuffer value) {}

    /// A record that has no offset yet and no headers.
    public static LogRecord of(long timestampMs, @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        return new LogRecord(-1, timestampMs, key, value, List.of());
    }
}
