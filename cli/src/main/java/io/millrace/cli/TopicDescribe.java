package io.millrace.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `millrace topic describe NAME`
@Command(
        name = "describe",
        description = "Show a topic: leaders, replicas, offsets and sizes of its partitions, settings.",
        footer = {
            "",
            "SIZE counts the bytes on the leader's disk. A dash: the partition has no leader, or its broker is silent.",
            "Settings are those that differ from their defaults, and what an acknowledgement is worth (durability).",
            "JSON: {\"name\",\"id\",\"internal\",\"sizeBytes\",",
            "  \"partitions\":[{\"partition\",\"leader\",\"replicas\",\"inSync\",\"earliest\",\"latest\",\"sizeBytes\"}],",
            "  \"configs\":[{\"name\",\"value\",\"source\"}]}"
        })
final class TopicDescribe extends AdminAction {

    /// Shown whatever it is: everybody should know what an acknowledgement is worth.
    private static final String DURABILITY = "durability";

    @Parameters(paramLabel = "NAME", description = "Name of the topic.")
    private String name = "";

    /// A partition as it is printed; null is what nobody could tell.
    private record Row(
            int partition,
            @Nullable Integer leader,
            List<Integer> replicas,
            List<Integer> inSync,
            @Nullable Long earliest,
            @Nullable Long latest,
            @Nullable Long sizeBytes) {}

    @Override
    int ask(Admin admin) throws Exception {
        var topic = Topics.one(admin, name);
        var led = led(topic);
        var earliest = admin.listOffsets(all(led, OffsetSpec.earliest()));
        var latest = admin.listOffsets(all(led, OffsetSpec.latest()));
        var configs = admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, name)));
        var sizes = sizes(admin, topic);

        var rows = new ArrayList<Row>();
        for (var partition : topic.partitions()) {
            rows.add(row(partition, led, earliest, latest, sizes));
        }
        var differing = await(configs.all()).values().iterator().next().entries().stream()
                .filter(entry -> entry.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG
                        || entry.name().equals(DURABILITY))
                .toList();
        if (json) {
            printJson(topic, rows, differing);
        } else {
            printText(topic, rows, differing);
        }
        return Exit.OK;
    }

    /// Partitions that can be asked for offsets: without a leader nobody would answer before the timeout.
    private Set<TopicPartition> led(TopicDescription topic) {
        return topic.partitions().stream()
                .filter(Topics::hasLeader)
                .map(partition -> new TopicPartition(name, partition.partition()))
                .collect(Collectors.toSet());
    }

    private static Map<TopicPartition, OffsetSpec> all(Set<TopicPartition> partitions, OffsetSpec spec) {
        return partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> spec));
    }

    private Row row(
            TopicPartitionInfo partition,
            Set<TopicPartition> led,
            ListOffsetsResult earliest,
            ListOffsetsResult latest,
            Map<TopicPartition, Long> sizes)
            throws Exception {
        var id = new TopicPartition(name, partition.partition());
        boolean answers = led.contains(id);
        return new Row(
                partition.partition(),
                answers ? partition.leader().id() : null,
                Topics.ids(partition.replicas()),
                Topics.ids(partition.isr()),
                answers ? offset(earliest, id) : null,
                answers ? offset(latest, id) : null,
                sizes.get(id));
    }

    private static @Nullable Long offset(ListOffsetsResult answers, TopicPartition partition) throws Exception {
        try {
            return await(answers.partitionResult(partition)).offset();
        } catch (ApiException _) {
            // Its leader moved or is silent: the rest of the topic is still worth showing.
            return null;
        }
    }

    /// Bytes on disk by partition, as the leader of each tells it.
    private Map<TopicPartition, Long> sizes(Admin admin, TopicDescription topic) throws Exception {
        var leaders = new HashMap<TopicPartition, Integer>();
        topic.partitions().stream()
                .filter(Topics::hasLeader)
                .forEach(p -> leaders.put(
                        new TopicPartition(name, p.partition()), p.leader().id()));
        var sizes = new HashMap<TopicPartition, Long>();
        for (var broker : admin.describeLogDirs(new HashSet<>(leaders.values()))
                .descriptions()
                .entrySet()) {
            try {
                for (var folder : await(broker.getValue()).values()) {
                    folder.replicaInfos().forEach((partition, replica) -> {
                        if (broker.getKey().equals(leaders.get(partition)) && !replica.isFuture()) {
                            sizes.put(partition, replica.size());
                        }
                    });
                }
            } catch (ApiException _) {
                // Not allowed, or silent: its sizes are printed as unknown.
            }
        }
        return sizes;
    }

    private void printText(TopicDescription topic, List<Row> rows, List<ConfigEntry> configs) {
        out().line("topic       " + topic.name() + (topic.isInternal() ? " (internal)" : ""));
        out().line("id          " + topic.topicId());
        out().line("partitions  " + rows.size());
        out().line("replicas    " + Topics.replicas(topic));
        out().line("size        " + Sizes.of(total(rows)));
        out().line("");
        var table = new Table("PARTITION", "LEADER", "REPLICAS", "IN-SYNC", "EARLIEST", "LATEST", "SIZE");
        for (var row : rows) {
            table.row(
                    row.partition(),
                    row.leader(),
                    Topics.shown(row.replicas()),
                    Topics.shown(row.inSync()),
                    row.earliest(),
                    row.latest(),
                    row.sizeBytes() == null ? null : Sizes.of(row.sizeBytes()));
        }
        print(table);
        if (configs.isEmpty()) return;
        out().line("");
        var settings = new Table("CONFIG", "VALUE", "SOURCE");
        configs.forEach(
                entry -> settings.row(entry.name(), ConfigTarget.shown(entry), ConfigTarget.source(entry.source())));
        print(settings);
    }

    private void printJson(TopicDescription topic, List<Row> rows, List<ConfigEntry> configs) {
        print(Json.object(
                "name", topic.name(),
                "id", topic.topicId().toString(),
                "internal", topic.isInternal(),
                "sizeBytes", total(rows),
                "partitions",
                        rows.stream()
                                .map(row -> Json.object(
                                        "partition", row.partition(),
                                        "leader", row.leader(),
                                        "replicas", row.replicas(),
                                        "inSync", row.inSync(),
                                        "earliest", row.earliest(),
                                        "latest", row.latest(),
                                        "sizeBytes", row.sizeBytes()))
                                .toList(),
                "configs",
                        configs.stream()
                                .map(entry -> Json.object(
                                        "name", entry.name(),
                                        "value", entry.value(),
                                        "source", ConfigTarget.source(entry.source())))
                                .toList()));
    }

    private static long total(List<Row> rows) {
        return rows.stream()
                .mapToLong(row -> row.sizeBytes() == null ? 0 : row.sizeBytes())
                .sum();
    }
}
