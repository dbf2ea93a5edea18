package io.millrace.http;

import io.millrace.model.metrics.Metrics;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The meters of a node, as Prometheus reads them; those of the JVM are among them from the first reading on.
///
/// All meters of one name are of one kind, with the same label names. Asking for anything else under the name
/// is a mistake in the program and throws [IllegalArgumentException]. A meter that was forgotten may still be
/// counted on, and nobody sees it. A gauge given twice reads what it was given last; one that throws is left
/// out and said once.
public final class PrometheusMetrics implements Metrics {

    private static final Logger LOG = LoggerFactory.getLogger(PrometheusMetrics.class);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ConcurrentMap<String, Family<Counter>> counters = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Family<Durations>> timings = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Family<LongSupplier>> gauges = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> kinds = new ConcurrentHashMap<>();
    private final Set<String> brokenGauges = ConcurrentHashMap.newKeySet();
    private boolean knowsJvm;

    @Override
    public Counter counter(String name, String help, String... labels) {
        var pairs = Labels.of(labels);
        checkKind(name, "counter");
        return counters.computeIfAbsent(name, _ -> newCounters(name, help, pairs))
                .meter(pairs);
    }

    @Override
    public Timing timing(String name, String help, String... labels) {
        var pairs = Labels.of(labels);
        checkKind(name, "timing");
        return timings.computeIfAbsent(name, _ -> newTimings(name, help, pairs)).meter(pairs);
    }

    @Override
    public void gauge(String name, String help, LongSupplier read, String... labels) {
        var pairs = Labels.of(labels);
        checkKind(name, "gauge");
        gauges.computeIfAbsent(name, _ -> newGauges(name, help, pairs)).put(pairs, read);
    }

    @Override
    public void forget(String name, String... labels) {
        var pairs = Labels.of(labels);
        Stream.of(counters, timings, gauges).map(families -> families.get(name)).forEach(family -> {
            if (family != null) family.forget(pairs);
        });
    }

    /// Reads every meter, on the calling thread.
    MetricSnapshots scrape() {
        addJvm();
        return registry.scrape();
    }

    private void checkKind(String name, String kind) {
        var before = kinds.get(name);
        if (before == null) {
            if (!name.matches("[a-z][a-z0-9_]*")) throw new IllegalArgumentException("not a name of a meter: " + name);
            before = kinds.putIfAbsent(name, kind);
        }
        if (before != null && !before.equals(kind))
            throw new IllegalArgumentException("%s is a %s, not a %s".formatted(name, before, kind));
    }

    private Family<Counter> newCounters(String name, String help, Labels labels) {
        var metric = io.prometheus.metrics.core.metrics.Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels.names().toArray(String[]::new))
                .withoutExemplars()
                .register(registry);
        return new Family<>(name, labels.names(), values -> metric.labelValues(values)::inc, metric::remove, _ -> {});
    }

    private Family<Durations> newTimings(String name, String help, Labels labels) {
        var family = new Family<>(name, labels.names(), _ -> new Durations(), _ -> {}, new Durations());
        registry.register((Collector) () -> {
            var all = HistogramSnapshot.builder().name(name).help(help);
            family.forEach((values, timing) -> all.dataPoint(
                    timing.read(io.prometheus.metrics.model.snapshots.Labels.of(labels.names(), values))));
            return all.build();
        });
        return family;
    }

    private Family<LongSupplier> newGauges(String name, String help, Labels labels) {
        var family = new Family<LongSupplier>(name, labels.names(), _ -> () -> 0, _ -> {}, () -> 0);
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.names().toArray(String[]::new))
                .callback(out -> family.forEach((values, read) -> {
                    try {
                        out.call((double) read.getAsLong(), values.toArray(String[]::new));
                    } catch (RuntimeException e) {
                        if (brokenGauges.add(name)) LOG.warn("{} {} cannot be read", name, values, e);
                    }
                }))
                .register(registry);
        return family;
    }

    /// The JVM's meters are looked up when somebody reads for the first time: nodes start without them.
    private synchronized void addJvm() {
        if (knowsJvm) return;
        knowsJvm = true;
        JvmBufferPoolMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmMemoryPoolAllocationMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        ProcessMetrics.builder().register(registry);
    }
}
