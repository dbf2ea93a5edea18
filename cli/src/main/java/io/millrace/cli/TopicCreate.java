package io.millrace.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic create NAME`
@Command(
        name = "create",
        description = "Create a topic, and wait until every partition has a leader.",
        footer = {
            "",
            "Example: millrace topic create orders --partitions 6 --config retention.ms=86400000",
            "JSON: {\"name\",\"id\",\"partitions\",\"replicas\",\"created\"}"
        })
final class TopicCreate extends AdminAction {

    private static final long PAUSE_NS = Duration.ofMillis(20).toNanos();

    @Parameters(paramLabel = "NAME", description = "Name of the topic.")
    private String name = "";

    @Option(names = "--partitions", paramLabel = "N", description = "Default: the cluster's num.partitions.")
    private @Nullable Integer partitions;

    @Option(names = "--replicas", paramLabel = "N", description = "Default: the cluster's default.replication.factor.")
    private @Nullable Short replicas;

    @Option(names = "--replication-factor", hidden = true, description = "What Kafka's tools call --replicas.")
    void replicationFactor(@Nullable Short factor) {
        if (factor != null) replicas = factor;
    }

    @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A setting of the topic. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "Succeed when the topic exists already, and leave it as it is.")
    private boolean ifNotExists;

    @Override
    void check() throws Failure {
        if (partitions != null && partitions < 1) throw Failure.usage("--partitions must be at least 1");
        if (replicas != null && replicas < 1) throw Failure.usage("--replicas must be at least 1");
    }

    @Override
    int ask(Admin admin) throws Exception {
        var topic = new NewTopic(name, Optional.ofNullable(partitions), Optional.ofNullable(replicas));
        boolean created = true;
        try {
            await(admin.createTopics(List.of(topic.configs(settings))).all());
        } catch (TopicExistsException e) {
            if (!ifNotExists) {
                throw new Failure(
                        Exit.FAILED,
                        "topic " + name + " exists already",
                        "see it with: millrace topic describe " + name + "   (or add --if-not-exists)",
                        e);
            }
            created = false;
        }
        var made = whenLed(admin);
        int count = made.partitions().size();
        if (json) {
            print(Json.object(
                    "name", name,
                    "id", made.topicId().toString(),
                    "partitions", count,
                    "replicas", Topics.replicas(made),
                    "created", created));
        } else {
            out().line("%s %s: %s, %s"
                    .formatted(
                            created ? "created" : "left as it is:",
                            name,
                            Sizes.count(count, "partition"),
                            Sizes.count(Topics.replicas(made), "replica")));
        }
        EnoughReplicas.warning(admin, made, created ? settings.get(EnoughReplicas.SETTING) : null)
                .ifPresent(this::warn);
        return Exit.OK;
    }

    /// The topic once all its partitions can be written to: a broker may hear of it later than the controller.
    private TopicDescription whenLed(Admin admin) throws Exception {
        long deadlineNs = System.nanoTime() + connect.timeout().toNanos();
        while (true) {
            var found = Topics.existing(admin, List.of(name));
            if (!found.isEmpty() && found.getFirst().partitions().stream().allMatch(Topics::hasLeader)) {
                return found.getFirst();
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new Failure(
                        Exit.UNREACHABLE,
                        "topic " + name + " exists, but not all its partitions have a leader after "
                                + Durations.shown(connect.timeout()),
                        "see: millrace topic describe " + name);
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
