/// # sim: beside the house, the world on one thread
///
/// Fakes of what the house stands on, driven by a seed: a disk with a page cache and a platter ([SimDisk]), the file
/// threads of a data folder ([SimFileWork]), a clock ([SimClock]). And what is done with them: [CrashScenario] lives
/// the life of a data folder, ends it at any operation of the disk, and checks what the next process finds.
///
/// - **Knows** how disks fail, and what a log promises all the same.
/// - **Does not know** how the log keeps its promises: it asks through what is public in `log`, like anybody else.
/// - **Called by** tests. No room of the house names it.
/// - **Thread** one; nothing here may be called from two.
///
/// Equal seed, equal run: nothing here looks at the time, at chance, or at the order of a hash map.
@NullMarked
package io.millrace.sim;

import org.jspecify.annotations.NullMarked;
