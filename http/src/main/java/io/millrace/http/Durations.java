package io.millrace.http;

import io.millrace.model.metrics.Metrics;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, counted in buckets. Loops count here on every request, each in its own cell of the
/// adders, so that they do not wait for each other; a reading may miss what is counted at that moment.
final class Durations implements Metrics.Timing {

    private static final double NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /// From 50 microseconds to 30 seconds: less is as good as none, more as bad as any.
    private static final double[] BOUNDS_SECONDS = {
        50e-6,
        100e-6,
        250e-6,
        500e-6,
        1e-3,
        2.5e-3,
        5e-3,
        10e-3,
        25e-3,
        50e-3,
        100e-3,
        250e-3,
        500e-3,
        1,
        2.5,
        5,
        10,
        30,
        Double.POSITIVE_INFINITY
    };

    /// The same bounds but the last.
    private static final long[] BOUNDS_NS = Arrays.stream(BOUNDS_SECONDS)
            .limit(BOUNDS_SECONDS.length - 1)
            .mapToLong(seconds -> Math.round(seconds * NS_PER_SECOND))
            .toArray();

    private final LongAdder[] counts = new LongAdder[BOUNDS_SECONDS.length];
    private final LongAdder sumNs = new LongAdder();

    Durations() {
        Arrays.setAll(counts, _ -> new LongAdder());
    }

    @Override
    public void observeNs(long durationNs) {
        int at = Arrays.binarySearch(BOUNDS_NS, durationNs);
        counts[at >= 0 ? at : -at - 1].increment();
        sumNs.add(durationNs);
    }

    HistogramDataPointSnapshot read(Labels labels) {
        var now = Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS_SECONDS, now))
                .sum(sumNs.sum() / NS_PER_SECOND)
                .build();
    }
}
