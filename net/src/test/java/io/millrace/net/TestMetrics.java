package io.millrace.net;

import io.millrace.model.metrics.Metrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Metrics that a test can read: by name and labels, joined with commas.
final class TestMetrics implements Metrics {

    private final Map<String, AtomicLong> counters = new ConcurrentHashMap<>();
    private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();

    /// The value of a counter or gauge; 0 when nobody has it.
    long value(String name, String... labels) {
        var key = key(name, labels);
        var gauge = gauges.get(key);
        if (gauge != null) return gauge.getAsLong();
        var counter = counters.get(key);
        return counter == null ? 0 : counter.get();
    }

    @Override
    public Counter counter(String name, String help, String... labels) {
        return counters.computeIfAbsent(key(name, labels), _ -> new AtomicLong())::addAndGet;
    }

    @Override
    public Timing timing(String name, String help, String... labels) {
        return _ -> {};
    }

    @Override
    public void gauge(String name, String help, LongSupplier read, String... labels) {
        gauges.put(key(name, labels), read);
    }

    @Override
    public void forget(String name, String... labels) {
        gauges.remove(key(name, labels));
    }

    private static String key(String name, String... labels) {
        return name + String.join(",", List.of(labels));
    }
}
