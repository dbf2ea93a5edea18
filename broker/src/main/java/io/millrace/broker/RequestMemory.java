package io.millrace.broker;

import io.millrace.model.metrics.Metrics;
import java.util.concurrent.atomic.AtomicLong;

/// What requests take of the heap from when they are read until they are answered, over all loops. The bytes they
/// came in are not in it: `net` counts those.
///
/// A request that would go past the limit is refused, and its connection closed; so one client's requests, or those
/// of many, cannot take the memory that all others live on. Any thread.
final class RequestMemory {

    /// The largest request of any API but Produce. Metadata of 10,000 topics, or offsets of 100,000 partitions, take
    /// two or three MiB.
    static final int MOST_BYTES = 8 << 20;

    /// The most heap that one request may take.
    static final long MOST_PARSED_BYTES = 64 << 20;

    /// Requests together may take this part of the heap.
    private static final int PART_OF_HEAP = 4;

    private final long mostBytes;
    private final AtomicLong takenBytes = new AtomicLong();

    /// @param mostBytes for all requests together
    RequestMemory(long mostBytes, Metrics metrics) {
        this.mostBytes = mostBytes;
        metrics.gauge(
                "millrace_parsed_requests_bytes",
                "Memory that requests take until they are answered.",
                takenBytes::get);
    }

    static RequestMemory ofHeap(Metrics metrics) {
        return new RequestMemory(Runtime.getRuntime().maxMemory() / PART_OF_HEAP, metrics);
    }

    /// The most that one request may take.
    long mostParsedBytes() {
        return Math.min(MOST_PARSED_BYTES, mostBytes);
    }

    /// For all requests together.
    long mostBytes() {
        return mostBytes;
    }

    /// Takes `bytes`; false, and nothing is taken, when there are not so many left.
    boolean take(long bytes) {
        long now;
        do {
            now = takenBytes.get();
            if (now + bytes > mostBytes) return false;
        } while (!takenBytes.compareAndSet(now, now + bytes));
        return true;
    }

    /// Gives back what was taken.
    void give(long bytes) {
        long left = takenBytes.addAndGet(-bytes);
        assert left >= 0 : "gave back more than was taken: " + left;
    }
}
