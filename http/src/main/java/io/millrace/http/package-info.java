/// # http: the web door
///
/// Serves health and metrics over HTTP: [HttpDoor] is the server, [PrometheusMetrics] what rooms count on and
/// what Prometheus reads, [Readiness] whether the node can work.
///
/// - **Knows** HTTP, JSON, Prometheus' formats.
/// - **Does not know** partitions, groups, requests of Kafka; who counts, and who decides what is ready.
/// - **Called by** `node`, which opens the door; every room counts through `Metrics` of `model`.
/// - **Thread** one virtual thread per request, so code here may block; meters may be used on any thread.
@NullMarked
package io.millrace.http;

import org.jspecify.annotations.NullMarked;
