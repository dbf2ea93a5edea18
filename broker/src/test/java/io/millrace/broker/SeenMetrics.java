package io.millrace.broker;

import io.millrace.model.metrics.Metrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Meters that a story may read.
final class SeenMetrics implements Metrics {

    private final Map<String, AtomicLong> counters = new HashMap<>();
    private final Map<String, LongSupplier> gauges = new HashMap<>();

    /// The value of a counter or a gauge; -1 when there is none.
    long value(String name, String... labels) {
        var gauge = gauges.get(key(name, labels));
        if (gauge != null) return gauge.getAsLong();
        var counter = counters.get(key(name, labels));
        return counter == null ? -1 : counter.get();
    }

    /// How many gauges have this name.
    long gauges(String name) {
        return gauges.keySet().stream()
                .filter(key -> key.startsWith(name + "["))
                .count();
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
        counters.remove(key(name, labels));
    }

    private static String key(String name, String... labels) {
        return name + List.of(labels);
    }
}
