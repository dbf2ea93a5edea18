/// # sim: beside the house, the world on one thread
///
/// Fakes of what the house stands on, driven by a seed: a disk with a page cache and a platter ([SimDisk]), the file
/// threads of a data folder ([SimFileWork]), a loop ([SimLoop]), a clock ([SimClock]). And what is done with
/// them, ended at any operation of the disk and compared with what the next process finds: the life of a data
/// folder ([CrashScenario]), of a partition to which producers send everything again ([RetryScenario]), and of
/// a log that is compacted ([CompactionScenario]).
///
/// - **Knows** how disks fail, and what logs and partitions promise all the same.
/// - **Does not know** how they keep their promises: it asks through what is public, like anybody else.
/// - **Called by** tests. No room of the house names it.
/// - **Thread** one; nothing here may be called from two.
///
/// Equal seed, equal run: nothing here looks at the time, at chance, or at the order of a hash map.
@NullMarked
package io.millrace.sim;

import org.jspecify.annotations.NullMarked;
