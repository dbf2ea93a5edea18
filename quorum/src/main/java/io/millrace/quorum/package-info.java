/// # quorum: agree on the metadata log
///
/// Puts the controller of `metadata` on hands: [Quorum] asks it, has what it decided agreed on by a [MetadataLog],
/// applies what was agreed, and answers. [RatisMetadataLog] is the log of the product, and the one family of classes
/// of the house that names Apache Ratis.
///
/// - **Knows** leadership, terms, entries and their chain, snapshots.
/// - **Does not know** what a topic is, partitions' data, requests of clients.
/// - **Called by** `broker`, and built by `node`.
/// - **Thread** [Quorum] lives on one loop and answers on the loop of whoever asks; its image may be read from any
///   thread. A log calls its reader on threads of its own, one call at a time.
///
/// Read [Quorum] first, then [MetadataLog].
@NullMarked
package io.millrace.quorum;

import org.jspecify.annotations.NullMarked;
