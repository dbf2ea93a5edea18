package io.millrace.broker;

import io.millrace.model.metrics.Metrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// What one API counts; any thread.
final class ApiMeters {

    private final Metrics metrics;
    private final String api;
    private final Metrics.Counter requests;
    private final Metrics.Timing timing;
    private final Metrics.Counter tooLarge;
    private final Map<Errors, Metrics.Counter> errors = new ConcurrentHashMap<>();

    ApiMeters(Metrics metrics, ApiKeys key) {
        this.metrics = metrics;
        this.api = key.name;
        this.requests = metrics.counter("millrace_requests_total", "Requests answered.", "api", api);
        this.timing = metrics.timing(
                "millrace_request_seconds", "From the last byte of a request to its answer being ready.", "api", api);
        this.tooLarge = metrics.counter(
                "millrace_requests_too_large_total",
                "Requests refused for their size or the memory they would take; their connections were closed.",
                "api",
                api);
    }

    /// A request was refused for its size, or for what it would take, and its connection closed.
    void refusedTooLarge() {
        tooLarge.add(1);
    }

    void answered(long tookNs) {
        requests.add(1);
        timing.observeNs(tookNs);
    }

    void failed(Errors code) {
        errors.computeIfAbsent(
                        code,
                        _ -> metrics.counter(
                                "millrace_request_errors_total",
                                "Errors told to clients, by Kafka's code; one request may carry several.",
                                "api",
                                api,
                                "error",
                                code.name()))
                .add(1);
    }
}
