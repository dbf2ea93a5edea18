package io.millrace.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/// Finds out early that a topic does not exist.
///
/// A producer waits for an unknown topic until its timeout, because a broker may be about to create it. So after a
/// moment we ask the cluster whether there is such a topic, and wait on only if there is.
final class TopicCheck {

    private static final Duration MOMENT = Duration.ofMillis(700);

    private TopicCheck() {}

    /// Returns when `topic` can be written to: the number of its partitions.
    static int orFail(Producer<byte[], byte[]> producer, String topic, Map<String, Object> properties)
            throws Exception {
        var known = new CompletableFuture<Integer>();
        Thread.ofVirtual().name("metadata").start(() -> {
            try {
                known.complete(producer.partitionsFor(topic).size());
            } catch (RuntimeException e) {
                known.completeExceptionally(e);
            }
        });
        try {
            return known.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            askCluster(topic, properties);
            return waitOn(known);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void askCluster(String topic, Map<String, Object> properties) throws Exception {
        var own = new HashMap<String, Object>();
        properties.forEach((name, value) -> {
            if (org.apache.kafka.clients.admin.AdminClientConfig.configNames().contains(name)) own.put(name, value);
        });
        try (var admin = Admin.create(own)) {
            if (Topics.existing(admin, List.of(topic)).isEmpty()) throw Topics.notMade(topic, Topics.names(admin));
        }
    }

    private static int waitOn(CompletableFuture<Integer> known) throws Exception {
        try {
            return known.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
