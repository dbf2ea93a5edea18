/// # folder: what the logs of a data folder share
///
/// Where they lie and how their files are called, what is remembered of all of them in a few small files
/// ([FolderCheckpoints]), how what they write becomes durable together ([GroupCommit], over a
/// write-ahead log), and that what can wait goes behind it ([RightOfWay]).
///
/// - **Knows** names of partitions and files, recovery points, durable points, syncs, the write-ahead
///   log's frames.
/// - **Does not know** what a record batch looks like, nor how a log is recovered, read or cut.
/// - **Called by** `log`; rooms above name its words only.
/// - **Thread** loops hand in what they wrote, the folder's own threads sync it; each type says which
///   is which.
///
/// Read [GroupCommit] first, then [WriteAheadLog] and [WalReplay]; decisions/0014 has the reasons.
@NullMarked
package io.millrace.folder;

import org.jspecify.annotations.NullMarked;
