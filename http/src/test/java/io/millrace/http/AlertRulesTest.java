package io.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The alert rules name only what a node really shows.
class AlertRulesTest {

    private static final Path RULES = Path.of("..", "docs", "alerts.yml");

    /// What the rooms count, see the `Metrics` seam; the type says which suffixes Prometheus adds.
    private static final Set<String> OF_ROOMS = Set.of(
            "millrace_requests_total",
            "millrace_request_errors_total",
            "millrace_request_seconds_bucket",
            "millrace_group_lag_records",
            "millrace_group_lag_seconds",
            "millrace_loop_utilisation_percent",
            "millrace_loop_failures_total",
            "millrace_connections_closed_total",
            "millrace_accept_failures_total",
            "millrace_disk_free_bytes",
            "millrace_disk_full",
            "millrace_disk_size_bytes",
            "millrace_log_cut_bytes_total",
            "millrace_log_cleaner_uncleanable_partitions",
            "millrace_log_quarantined_offsets_total",
            "millrace_log_scrub_damaged_total",
            "millrace_log_scrub_failing_partitions",
            "millrace_log_scrub_misread_total",
            "millrace_log_scrub_oldest_seconds",
            "millrace_log_sync_seconds_bucket");

    @Test
    void everyNameInARuleExists() throws IOException {
        var shown = new ByteArrayOutputStream();
        io.prometheus.metrics.expositionformats.ExpositionFormats.init()
                .getPrometheusTextFormatWriter()
                .write(shown, new PrometheusMetrics().scrape());
        var there = shown.toString(java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", -1)[0])
                .collect(Collectors.toCollection(TreeSet::new));
        there.addAll(OF_ROOMS);

        var named = new TreeSet<String>();
        Pattern.compile("\\b(millrace|jvm|process)_[a-z_]+")
                .matcher(expressions())
                .results()
                .forEach(found -> named.add(found.group()));
        assertTrue(named.size() > 10, named.toString());
        named.removeAll(there);
        assertEquals(Set.of(), named);
    }

    @Test
    void everyRuleSaysHowBadItIsAndWhatToDo() throws IOException {
        var rules = Files.readString(RULES).split("- alert: ", -1);
        for (int i = 1; i < rules.length; i++) {
            var rule = rules[i];
            for (var part : Set.of("expr:", "severity:", "summary:", "action:"))
                assertTrue(rule.contains(part), part + " is missing: " + rule);
            assertEquals(balance(rule, '(', ')') + balance(rule, '{', '}') + balance(rule, '[', ']'), 0, rule);
        }
    }

    private static String expressions() throws IOException {
        return Files.readString(RULES)
                .lines()
                .filter(line -> !line.contains("summary:") && !line.contains("action:"))
                .collect(Collectors.joining("\n"));
    }

    private static long balance(String text, char open, char close) {
        return Math.abs(text.chars().filter(c -> c == open).count()
                - text.chars().filter(c -> c == close).count());
    }
}
