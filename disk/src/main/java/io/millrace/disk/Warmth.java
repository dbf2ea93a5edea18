package io.millrace.disk;

import java.util.concurrent.TimeUnit;

/// From where on a file was found in the page cache lately.
///
/// What was written later leaves the page cache later, so a place that came at the speed of memory
/// stands for everything behind it, for some seconds. Without this every read of a reader that catches
/// up through cached pages would take a way around a file thread. Any thread.
public final class Warmth {

    /// How long a finding is believed.
    private static final long BELIEVED_NS = TimeUnit.SECONDS.toNanos(5);

    /// No disk answers so soon.
    private static final long LATEST_START_NS = 50_000;

    /// Slower than 4 GB/s may be a disk.
    private static final long BYTES_PER_NS = 4;

    private record Found(long fromBytes, long untilNs) {}

    private volatile Found found = new Found(Long.MAX_VALUE, 0);

    /// Somebody touched `lengthBytes` from `positionBytes` on, which took until `nowNs`.
    public void touched(long positionBytes, long lengthBytes, long tookNs, long nowNs) {
        if (tookNs > LATEST_START_NS + lengthBytes / BYTES_PER_NS) return;
        found = new Found(positionBytes, nowNs + BELIEVED_NS);
    }

    public boolean covers(long positionBytes, long nowNs) {
        var last = found;
        return positionBytes >= last.fromBytes() && nowNs - last.untilNs() < 0;
    }
}
