package io.millrace.model.config;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;

/// Settings that Kafka had once and Kafka 4 has no more, most of them from its time with ZooKeeper.
///
/// They are refused like every unknown name, with a word about what became of them, since a file that
/// was made for an older Kafka may hold them.
final class Bygone {

    private static final String REMOVE = "Kafka 4 has it no more either; remove it";

    private static final Map<String, String> NAMES = Map.ofEntries(
            entry("advertised.host.name", "Kafka 4 has it no more either; use advertised.listeners"),
            entry("advertised.port", "Kafka 4 has it no more either; use advertised.listeners"),
            entry("auto.include.jmx.reporter", REMOVE),
            entry("broker.id.generation.enable", "nodes are numbered by node.id; remove it"),
            entry("control.plane.listener.name", REMOVE),
            entry("controlled.shutdown.max.retries", REMOVE),
            entry("controlled.shutdown.retry.backoff.ms", REMOVE),
            entry("delegation.token.master.key", "Kafka 4 calls it delegation.token.secret.key"),
            entry("host.name", "Kafka 4 has it no more either; use listeners, or --listen"),
            entry("inter.broker.protocol.version", REMOVE),
            entry("leader.imbalance.per.broker.percentage", REMOVE),
            entry("log.message.format.version", REMOVE),
            entry("log.message.timestamp.difference.max.ms", "Kafka 4 calls it log.message.timestamp.before.max.ms"),
            entry("offsets.commit.required.acks", REMOVE),
            entry("port", "Kafka 4 has it no more either; use listeners, or --listen"),
            entry("quota.consumer.default", REMOVE),
            entry("quota.producer.default", REMOVE),
            entry("reserved.broker.max.id", "nodes are numbered by node.id; remove it"));

    private static final Map<String, String> PREFIXES = Map.of(
            "zookeeper.",
            "there is no ZooKeeper here, as there is none in Kafka 4; remove it",
            "password.encoder.",
            REMOVE);

    private Bygone() {}

    /// What became of `name`, as half a sentence; nothing when Kafka never had it, or has it still.
    static Optional<String> of(String name) {
        var prefixed = PREFIXES.entrySet().stream()
                .filter(prefix -> name.startsWith(prefix.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        return Optional.ofNullable(NAMES.get(name)).or(() -> prefixed);
    }
}
