package io.millrace.log;

/// How long compaction rests between two steps: at least as long as the last step took, so that it never takes more
/// than half of a disk or of a core, and slows down when those are busy with something else; and longer when it would
/// read more than it may.
final class CleaningThrottle {

    private static final double NS_PER_SECOND = 1e9;
    private static final double NS_PER_MS = 1e6;

    private final double mostBytesPerSecond;

    CleaningThrottle(double mostBytesPerSecond) {
        this.mostBytesPerSecond = mostBytesPerSecond;
    }

    /// @param tookNs how long the step took, waiting for the disk included
    /// @param bytes  how much it read
    /// @return at least 1 ms
    long restMs(long tookNs, long bytes) {
        double byRateNs = (double) bytes / mostBytesPerSecond * NS_PER_SECOND - (double) tookNs;
        double restNs = Math.max((double) tookNs, byRateNs);
        return Math.max(1, (long) Math.ceil(restNs / NS_PER_MS));
    }
}
