package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What an operator sees over HTTP: health, and metrics that follow what clients do.
@ExtendWith(SharedBroker.class)
@MillraceOnly("Kafka has no HTTP port")
class WatchScenario {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void itLivesAndIsReady(BrokerProcess broker) throws Exception {
        assertEquals(200, get(broker, "/health/live").statusCode());
        assertEquals(200, get(broker, "/health/ready").statusCode());
        assertEquals(404, get(broker, "/no/such/page").statusCode());
    }

    @Test
    void metricsAreInPrometheusForm(BrokerProcess broker) throws Exception {
        var answer = get(broker, "/metrics");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
        for (var line : answer.body().lines().toList()) {
            assertTrue(
                    line.startsWith("# ") || line.matches("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*})? \\S+"),
                    () -> "not a metric: " + line);
        }
        for (var name : List.of("jvm_memory_used_bytes", "jvm_threads_current", "jvm_gc_collection_seconds_count")) {
            assertTrue(answer.body().contains("\n" + name), name);
        }
    }

    @Test
    void requestsAreCountedAndTimedByApi(BrokerProcess broker) throws Exception {
        double before = sum(metrics(broker), "millrace_requests_total", "api=\"ListGroups\"");
        try (var admin = Topics.admin(broker)) {
            for (int i = 0; i < 5; i++) {
                var _ = Topics.get(admin.listGroups().all());
            }
        }
        var after = metrics(broker);
        assertTrue(sum(after, "millrace_requests_total", "api=\"ListGroups\"") >= before + 5, "requests");
        assertTrue(sum(after, "millrace_request_seconds_count", "api=\"ListGroups\"") >= 5, "latencies");
        assertTrue(sum(after, "millrace_request_seconds_bucket", "api=\"Produce\"") >= 0, "buckets");
    }

    @Test
    void bytesOfATopicAreCountedBothWays(BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "watched", 1);
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(
                    0,
                    Batches.send(rpc, topic, 0, Batches.plain("x".repeat(100_000)))
                            .errorCode());
        }
        assertEquals(1, Topics.readAll(broker, topic).size());
        var label = "topic=\"" + topic + "\"";
        var now = metrics(broker);
        for (var name : List.of("millrace_topic_bytes_in_total", "millrace_topic_bytes_out_total")) {
            double bytes = sum(now, name, label);
            assertTrue(bytes >= 100_000 && bytes < 110_000, name + " " + bytes);
        }
        double size = sum(now, "millrace_log_size_bytes", label);
        assertTrue(size >= 100_000 && size < 110_000, "log size " + size);
    }

    @Test
    void aGroupsLagIsToldInRecordsAndSeconds(BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "lagging", 1);
        var group = Topics.name("laggards");
        try (var rpc = Rpc.connect(broker);
                var admin = Topics.admin(broker)) {
            assertEquals(
                    0,
                    Batches.send(rpc, topic, 0, Batches.plain("a", "b", "c", "d"))
                            .errorCode());
            var committed = Map.of(new TopicPartition(topic, 0), GroupAdminScenario.at(1));
            Topics.get(admin.alterConsumerGroupOffsets(group, committed).all());
        }
        var label = "group=\"" + group + "\"";
        Await.until(
                "a lag of three records",
                () -> value(broker, "millrace_group_lag_records", label).equals(OptionalDouble.of(3)));
        Await.until(
                "a lag of some time",
                () -> value(broker, "millrace_group_lag_seconds", label).orElse(0) > 0);
    }

    @Test
    void errorsAreCounted(BrokerProcess broker) throws Exception {
        double before = sum(metrics(broker), "millrace_request_errors_total", "");
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(
                    3, Batches.send(rpc, "no-such-topic", 0, Batches.plain("x")).errorCode());
        }
        assertTrue(sum(metrics(broker), "millrace_request_errors_total", "") > before);
    }

    /// A deleted topic is not reported for ever.
    @Test
    void aDeletedTopicIsForgotten(BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "forgotten", 1);
        try (var rpc = Rpc.connect(broker);
                var admin = Topics.admin(broker)) {
            assertEquals(0, Batches.send(rpc, topic, 0, Batches.plain("x")).errorCode());
            assertTrue(metrics(broker).contains(topic));
            Topics.get(admin.deleteTopics(List.of(topic)).all());
        }
        Await.until("metrics without the topic", () -> !metrics(broker).contains("topic=\"" + topic + "\""));
        assertFalse(metrics(broker).isEmpty());
    }

    private static HttpResponse<String> get(BrokerProcess broker, String path) throws IOException {
        try {
            var request = HttpRequest.newBuilder(broker.http(path))
                    .timeout(Await.LONG)
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String metrics(BrokerProcess broker) throws IOException {
        return get(broker, "/metrics").body();
    }

    private static OptionalDouble value(BrokerProcess broker, String name, String label) throws IOException {
        return metrics(broker)
                .lines()
                .filter(line -> line.startsWith(name + "{") && line.contains(label))
                .mapToDouble(WatchScenario::number)
                .findFirst();
    }

    private static double sum(String metrics, String name, String label) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(WatchScenario::number)
                .sum();
    }

    private static double number(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
