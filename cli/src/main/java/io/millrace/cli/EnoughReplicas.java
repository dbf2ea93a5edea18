package io.millrace.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/// A topic may ask for more replicas in sync than it has. Brokers accept that, and then refuse whoever
/// produces with acks=all.
final class EnoughReplicas {

    static final String SETTING = "min.insync.replicas";

    private EnoughReplicas() {}

    /// What the user should know of `topic`; nothing when it has as many replicas as it asks for, or when
    /// that cannot be found out. What the user asked for is done already, and stays done.
    ///
    /// @param given what the user just set it to; null when the cluster is to be asked
    static Optional<String> warning(Admin admin, TopicDescription topic, @Nullable String given) {
        return unlessItFails(() -> find(admin, topic, given));
    }

    /// The same for a topic of which no more than the name is known.
    static Optional<String> warning(Admin admin, String topic, String given) {
        return unlessItFails(() -> find(admin, Topics.one(admin, topic), given));
    }

    private static Optional<String> unlessItFails(Callable<Optional<String>> search) {
        try {
            return search.call();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (Exception _) {
            // No right to ask, a node that has not heard of the topic yet, a value that is no number: no warning.
            return Optional.empty();
        }
    }

    private static Optional<String> find(Admin admin, TopicDescription topic, @Nullable String given) throws Exception {
        int replicas = Topics.replicas(topic);
        var wanted = given != null ? Optional.of(given.strip()) : inUse(admin, topic.name());
        return wanted.filter(value -> Integer.parseInt(value) > replicas)
                .map(value -> warning(topic.name(), value, replicas));
    }

    private static Optional<String> inUse(Admin admin, String topic) throws Exception {
        return ConfigTarget.entries(admin, new ConfigResource(ConfigResource.Type.TOPIC, topic)).stream()
                .filter(entry -> entry.name().equals(SETTING) && entry.value() != null)
                .map(ConfigEntry::value)
                .findFirst();
    }

    private static String warning(String topic, String wanted, int replicas) {
        return """
                warning: %s has %s, and its min.insync.replicas is %s: who produces with acks=all gets \
                NOT_ENOUGH_REPLICAS until that is no more than its replicas
                  change it with: millrace topic alter %s --config min.insync.replicas=%d""".formatted(topic, Sizes.count(replicas, "replica"), wanted, topic, replicas);
    }
}
