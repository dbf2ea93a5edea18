package io.millrace.http;

import com.sun.net.httpserver.Headers;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import org.jspecify.annotations.Nullable;

/// `GET /metrics`: every meter, in Prometheus' text format, or in OpenMetrics' when the request accepts that.
final class MetricsPage implements Page {

    private final PrometheusMetrics metrics;
    private @Nullable ExpositionFormats formats;

    MetricsPage(PrometheusMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public Answer answer(Headers asked) {
        var accept = asked.getFirst("Accept");
        var writer = formats().findWriter(accept == null ? "" : accept);
        var snapshots = metrics.scrape();
        return new Answer(200, writer.getContentType(), Answer.UNKNOWN, out -> writer.write(out, snapshots));
    }

    /// Made when the first request comes: nodes start without it.
    private synchronized ExpositionFormats formats() {
        if (formats == null) formats = ExpositionFormats.init();
        return formats;
    }
}
