package io.millrace.model.metrics;

import java.util.function.LongSupplier;

/// Where rooms get their meters. Ask once, keep the meter, count on it; asking again with the same name and
/// labels gives the same meter.
///
/// Names follow Prometheus: `millrace_` first, the unit at the end (`_bytes`, `_seconds`), `_total` for
/// counters. Labels come in pairs: name, value, name, value.
public interface Metrics {

    /// Something that only grows.
    Counter counter(String name, String help, String... labels);

    /// How long something takes.
    Timing timing(String name, String help, String... labels);

    /// A value read when somebody looks; `read` is called on the thread of the reader.
    void gauge(String name, String help, LongSupplier read, String... labels);

    /// Forgets every meter of `name` with exactly these labels, say those of a topic that is gone.
    void forget(String name, String... labels);

    /// Counts nothing: for tests and tools.
    Metrics NONE = new Metrics() {
        @Override
        public Counter counter(String name, String help, String... labels) {
            return _ -> {};
        }

        @Override
        public Timing timing(String name, String help, String... labels) {
            return _ -> {};
        }

        @Override
        public void gauge(String name, String help, LongSupplier read, String... labels) {}

        @Override
        public void forget(String name, String... labels) {}
    };

    /// See [Metrics#counter].
    @FunctionalInterface
    interface Counter {

        void add(long amount);
    }

    /// See [Metrics#timing].
    @FunctionalInterface
    interface Timing {

        void observeNs(long durationNs);
    }
}
