/// # log: the book of one partition
///
/// Keeps the record batches of one partition as an append-only run of segment files, in Apache Kafka's
/// own formats, and hands out *places* in those files ([LogSlice]), so that bytes reach the socket
/// without being read.
///
/// - **Knows** files, offsets, indexes, checksums, recovery after a crash, what producers sent last,
///   which records compaction leaves.
/// - **Does not know** requests, brokers, leaders, groups, or why an epoch changes.
/// - **Called by** `replica`, and by nobody else.
/// - **Thread** a [Log] and all it is made of belong to one loop. A [LogFolder] may be called from any
///   thread; its own threads sync, recover and remove files. A [LogSlice], a [ColdLookup] and a [TimeLookup]
///   may travel.
///
/// Read [Log] first, then [Segment]; [LogFolder] is the way in. What must hold is listed at the top of
/// [Log]. Compaction begins at [FolderCleaner]; its rules are in [CleaningRules], and how its result
/// gets into the log in [Compaction]. What verifies old segments begins at [FolderScrubber].
@NullMarked
package io.millrace.log;

import org.jspecify.annotations.NullMarked;
