package io.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PrometheusMetricsTest {

    private final PrometheusMetrics metrics = new PrometheusMetrics();

    @Test
    void countersCountByLabels() {
        metrics.counter("millrace_requests_total", "Requests.", "api", "Produce", "error", "NONE")
                .add(3);
        metrics.counter("millrace_requests_total", "Requests.", "api", "Produce", "error", "NONE")
                .add(4);
        metrics.counter("millrace_requests_total", "Requests.", "api", "Fetch", "error", "NONE")
                .add(1);
        assertEquals(
                List.of(
                        "# HELP millrace_requests_total Requests.",
                        "# TYPE millrace_requests_total counter",
                        "millrace_requests_total{api=\"Fetch\",error=\"NONE\"} 1.0",
                        "millrace_requests_total{api=\"Produce\",error=\"NONE\"} 7.0"),
                shown("millrace_requests"));
    }

    @Test
    void timingsFallIntoBuckets() {
        var timing = metrics.timing("millrace_request_seconds", "Time.", "api", "Produce");
        timing.observeNs(40_000);
        timing.observeNs(2_000_000);
        timing.observeNs(60_000_000_000L);
        var lines = shown("millrace_request_seconds");
        assertTrue(
                lines.contains("millrace_request_seconds_bucket{api=\"Produce\",le=\"5.0E-5\"} 1"), lines.toString());
        assertTrue(lines.contains("millrace_request_seconds_bucket{api=\"Produce\",le=\"0.001\"} 1"), lines.toString());
        assertTrue(
                lines.contains("millrace_request_seconds_bucket{api=\"Produce\",le=\"0.0025\"} 2"), lines.toString());
        assertTrue(lines.contains("millrace_request_seconds_bucket{api=\"Produce\",le=\"30.0\"} 2"), lines.toString());
        assertTrue(lines.contains("millrace_request_seconds_bucket{api=\"Produce\",le=\"+Inf\"} 3"), lines.toString());
        assertTrue(lines.contains("millrace_request_seconds_count{api=\"Produce\"} 3"), lines.toString());
    }

    @Test
    void gaugesAreReadWhenSomebodyLooks() {
        var value = new AtomicLong(5);
        metrics.gauge("millrace_log_size_bytes", "Size.", value::get, "topic", "a", "partition", "0");
        value.set(6);
        assertTrue(shown("millrace_log").contains("millrace_log_size_bytes{partition=\"0\",topic=\"a\"} 6.0"));

        metrics.gauge("millrace_log_size_bytes", "Size.", () -> 9, "topic", "a", "partition", "0");
        assertTrue(shown("millrace_log").contains("millrace_log_size_bytes{partition=\"0\",topic=\"a\"} 9.0"));
    }

    @Test
    void aGaugeThatThrowsSpoilsNoOther() {
        metrics.gauge("millrace_log_size_bytes", "Size.", () -> 1, "topic", "good");
        metrics.gauge(
                "millrace_log_size_bytes",
                "Size.",
                () -> {
                    throw new IllegalStateException("closed");
                },
                "topic",
                "bad");
        assertEquals(3, shown("millrace_log").size());
    }

    @Test
    void whatIsForgottenIsShownNoMore() {
        var held = metrics.counter("millrace_topic_bytes_in_total", "In.", "topic", "gone");
        held.add(5);
        metrics.counter("millrace_topic_bytes_in_total", "In.", "topic", "there")
                .add(1);
        metrics.timing("millrace_x_seconds", "X.", "topic", "gone").observeNs(1);
        metrics.gauge("millrace_log_size_bytes", "Size.", () -> 1, "topic", "gone");

        metrics.forget("millrace_topic_bytes_in_total", "topic", "gone");
        metrics.forget("millrace_topic_bytes_in_total", "topic", "never.there");
        metrics.forget("millrace_topic_bytes_in_total", "other", "gone");
        metrics.forget("millrace_x_seconds", "topic", "gone");
        metrics.forget("millrace_log_size_bytes", "topic", "gone");
        metrics.forget("millrace_never_there");
        held.add(1);
        assertEquals(
                List.of("millrace_topic_bytes_in_total{topic=\"there\"} 1.0"),
                shown("millrace_").stream()
                        .filter(line -> !line.startsWith("#"))
                        .toList());

        metrics.counter("millrace_topic_bytes_in_total", "In.", "topic", "gone").add(2);
        assertTrue(shown("millrace_").contains("millrace_topic_bytes_in_total{topic=\"gone\"} 2.0"));
    }

    @Test
    void oneNameHasOneKindAndOneSetOfLabels() {
        metrics.counter("millrace_a_total", "A.", "topic", "x");
        assertThrows(IllegalArgumentException.class, () -> metrics.counter("millrace_a_total", "A.", "group", "x"));
        assertThrows(IllegalArgumentException.class, () -> metrics.counter("millrace_a_total", "A."));
        assertThrows(IllegalArgumentException.class, () -> metrics.counter("millrace_a_total", "A.", "topic"));
        metrics.gauge("millrace_b", "B.", () -> 1);
        assertThrows(IllegalArgumentException.class, () -> metrics.timing("millrace_b", "B."));
        assertThrows(IllegalArgumentException.class, () -> metrics.counter("not a name", "?"));
    }

    @Test
    void metersOfOneNameHaveALimit() {
        for (int i = 0; i < Family.MAX_METERS; i++) metrics.gauge("millrace_many", "M.", () -> 1, "n", "" + i);
        metrics.gauge("millrace_many", "M.", () -> 1, "n", "one too many");
        metrics.gauge("millrace_many", "M.", () -> 2, "n", "0");
        var lines = shown("millrace_many");
        assertEquals(Family.MAX_METERS + 2, lines.size());
        assertTrue(lines.contains("millrace_many{n=\"0\"} 2.0"));
    }

    @Test
    void labelValuesMayBeAnything() {
        metrics.counter("millrace_a_total", "A.", "group", "a\"b\\c\nd é").add(1);
        assertTrue(shown("millrace_a").contains("millrace_a_total{group=\"a\\\"b\\\\c\\nd é\"} 1.0"));
    }

    @Test
    void theJvmIsAmongThem() {
        var names = String.join("\n", shown(""));
        for (var name : List.of(
                "jvm_memory_used_bytes",
                "jvm_gc_collection_seconds",
                "jvm_threads_current",
                "jvm_buffer_pool_used_bytes",
                "process_cpu_seconds_total",
                "process_open_fds")) assertTrue(names.contains(name), name);
        assertFalse(shown("jvm_").isEmpty());
        assertFalse(shown("jvm_").isEmpty(), "a second reading finds them too");
    }

    private List<String> shown(String prefix) {
        var text = new ByteArrayOutputStream();
        try {
            ExpositionFormats.init().getPrometheusTextFormatWriter().write(text, metrics.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.replaceFirst("# (HELP|TYPE) ", "").startsWith(prefix))
                .toList();
    }
}
