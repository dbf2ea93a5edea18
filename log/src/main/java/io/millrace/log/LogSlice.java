package io.millrace.log;

import io.millrace.disk.FileSlice;
/// Bytes of a log, ready to be sent.
///
/// @param firstOffset base offset of the first batch in it; at or before the offset that was asked for
/// @param place       the bytes: whole batches, of which only the last may be cut short
/// @param isCold      whether the bytes may lie on the disk only; then a file thread should touch
///                    them first

public record LogSlice(long firstOffset, FileSlice place, boolean isCold) {}
