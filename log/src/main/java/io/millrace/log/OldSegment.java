package io.millrace.log;

import java.nio.file.Path;

/// A closed segment as it was when compaction began to look at it, for another thread.
///
/// @param segment       the segment itself; only the log's loop may look into it
/// @param path          its file; it is renamed when the segment is dropped
/// @param endOffset     one past its last offset
/// @param firstAppendNs when it was first appended to, on the monotonic clock
/// @param lastAppendNs  likewise, last
record OldSegment(
        Segment segment,
        Path path,
        long baseOffset,
        long endOffset,
        int sizeBytes,
        long firstAppendNs,
        long lastAppendNs) {}
