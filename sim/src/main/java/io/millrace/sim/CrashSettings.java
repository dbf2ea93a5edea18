package io.millrace.sim;

import io.millrace.folder.CommitLimits;
import io.millrace.folder.Durability;
import io.millrace.log.CompactionConfig;
import io.millrace.log.LogConfig;
import java.util.random.RandomGenerator;

/// What kind of life a scenario is about.
///
/// @param partitions   how many partitions the folder may have at a time
/// @param lives        how many processes have the folder, one after the other
/// @param steps        what happens in a life, at most
/// @param powerCuts    how many of ten crashes are power cuts; the others are kills
/// @param journaled    whether changes of names in a directory survive in order; when not, no old
///                     segments are dropped, since those may then vanish out of the middle of a log
/// @param faultsOutOf  one of so many lives has a defective disk; 0 for none
/// @param restarts     whether a process that saw a failed sync may be followed by another without a
///                     power cut
record CrashSettings(
        int partitions, int lives, int steps, int powerCuts, boolean journaled, int faultsOutOf, boolean restarts) {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long DAY_MS = 86_400_000;

    static CrashSettings draw(RandomGenerator random) {
        return new CrashSettings(
                1 + random.nextInt(4),
                2 + random.nextInt(3),
                20 + random.nextInt(100),
                random.nextInt(11),
                random.nextInt(3) > 0,
                random.nextInt(3) == 0 ? 2 : 0,
                random.nextBoolean());
    }

    /// Settings of a log, with segments far smaller than users may make them.
    static LogConfig log(RandomGenerator random, Durability durability) {
        return new LogConfig(
                durability,
                300 + random.nextInt(5000),
                random.nextInt(5) == 0 ? 1_000 + random.nextInt(5_000) : 7 * DAY_MS,
                0,
                random.nextInt(600),
                24 + random.nextInt(200),
                random.nextInt(3) == 0 ? random.nextInt(5000) : -1,
                -1,
                random.nextInt(4) > 0,
                random.nextInt(3_000),
                random.nextInt(3) == 0 ? 1 + random.nextInt(50) : NEVER,
                random.nextInt(3) == 0 ? random.nextInt(2_000) : NEVER,
                DAY_MS,
                CompactionConfig.OFF);
    }

    /// Limits of a write-ahead log that is often full, and of extents that are often too large for it.
    static CommitLimits commits(RandomGenerator random) {
        return new CommitLimits(
                300 + random.nextInt(4_000), 16 << 10, (16 + random.nextInt(48)) << 10, 2 + random.nextInt(2));
    }
}
