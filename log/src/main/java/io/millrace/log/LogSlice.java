package io.millrace.log;

import io.millrace.disk.FileSlice;
/// Bytes of a log, ready to be sent.
///
/// @param firstOffset base offset of the first batch in it; at or before the offset that was asked for
/// @param place       the bytes: whole batches, of which only the last may be cut short

public record LogSlice(long firstOffset, FileSlice place) {}
