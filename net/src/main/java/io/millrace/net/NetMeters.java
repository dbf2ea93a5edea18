package io.millrace.net;

import io.millrace.model.metrics.Metrics;
import io.millrace.model.metrics.Metrics.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// What this room counts.
final class NetMeters {

    private final Metrics metrics;
    private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);
    private final Counter received;
    private final Counter sent;
    private final Counter acceptFailures;

    NetMeters(Metrics metrics) {
        this.metrics = metrics;
        for (var reason : CloseReason.values()) {
            closed.put(
                    reason,
                    metrics.counter(
                            "millrace_connections_closed_total", "Connections closed.", "reason", reason.label()));
        }
        received = metrics.counter("millrace_net_received_bytes_total", "Bytes read from sockets.");
        sent = metrics.counter("millrace_net_sent_bytes_total", "Bytes written to sockets.");
        acceptFailures = metrics.counter("millrace_accept_failures_total", "Accepts that failed, say for descriptors.");
    }

    void closed(CloseReason reason) {
        var counter = closed.get(reason);
        if (counter != null) counter.add(1);
    }

    void received(long bytes) {
        if (bytes > 0) received.add(bytes);
    }

    void sent(long bytes) {
        if (bytes > 0) sent.add(bytes);
    }

    void acceptFailed() {
        acceptFailures.add(1);
    }

    Counter accepted(String listener) {
        return metrics.counter("millrace_connections_accepted_total", "Connections accepted.", "listener", listener);
    }

    void open(String listener, LongSupplier count) {
        metrics.gauge("millrace_connections_open", "Connections open now.", count, "listener", listener);
    }

    void forgetOpen(String listener) {
        metrics.forget("millrace_connections_open", "listener", listener);
    }

    void requestBytes(LongSupplier bytes) {
        metrics.gauge("millrace_request_memory_bytes", "Memory of requests that were not released.", bytes);
    }

    Counter turns(int loop) {
        return metrics.counter("millrace_loop_turns_total", "Turns of the loop.", "loop", Integer.toString(loop));
    }

    Counter failures(int loop) {
        return metrics.counter(
                "millrace_loop_failures_total",
                "Pieces of work that ended with an exception.",
                "loop",
                Integer.toString(loop));
    }

    void utilisation(int loop, LongSupplier percent) {
        metrics.gauge(
                "millrace_loop_utilisation_percent",
                "Time the loop was at work since this was read last.",
                percent,
                "loop",
                Integer.toString(loop));
    }
}
