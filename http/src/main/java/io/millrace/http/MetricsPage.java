package io.millrace.http;

import com.sun.net.httpserver.Headers;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
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
        var writer = writer(asked.getFirst("Accept"));
        var snapshots = metrics.scrape();
        return new Answer(200, writer.getContentType(), Answer.UNKNOWN, out -> writer.write(out, snapshots));
    }

    /// The client's own choice would also be Protobuf, whose classes are not here.
    private ExpositionFormatWriter writer(@Nullable String accept) {
        var open = formats().getOpenMetricsTextFormatWriter();
        return accept != null && open.accepts(accept) ? open : formats().getPrometheusTextFormatWriter();
    }

    /// Made when the first request comes: nodes start without it.
    private synchronized ExpositionFormats formats() {
        if (formats == null) formats = ExpositionFormats.init();
        return formats;
    }
}
