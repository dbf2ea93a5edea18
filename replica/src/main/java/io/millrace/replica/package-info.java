/// # replica: a partition as this node has it
///
/// Puts the rules of replication on a log: who may append, what is committed, who waits for it. [Shard] is
/// everything that one loop owns; [Partition] is one of its partitions; [Shards] is the way from any loop
/// to the one that owns a partition. The package `host` runs minds on partitions.
///
/// - **Knows** logs, loops, the cluster's image, leader epochs, the high watermark.
/// - **Does not know** requests, connections, groups, Ratis.
/// - **Called by** `broker` (data) and `node` (images, start, stop).
/// - **Thread** a shard and its partitions belong to one loop; only [Shards] may be used from any of them.
///
/// Read [Partition] first, then [Shard].
@NullMarked
package io.millrace.replica;

import org.jspecify.annotations.NullMarked;
