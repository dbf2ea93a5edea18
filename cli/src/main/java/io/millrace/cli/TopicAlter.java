package io.millrace.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic alter NAME`
@Command(
        name = "alter",
        description = "Change a topic's settings, or give it more partitions.",
        footer = {
            "",
            "Settings are changed first; all of them or none.",
            "More partitions change which partition a key goes to; records already written stay where they are.",
            "JSON: {\"name\",\"partitions\":{\"from\",\"to\"} or null,\"set\":{},\"unset\":[]}"
        })
final class TopicAlter extends AdminAction {

    @Parameters(paramLabel = "NAME", description = "Name of the topic.")
    private String name = "";

    @Option(names = "--partitions", paramLabel = "N", description = "New number of partitions, larger than now.")
    private @Nullable Integer partitions;

    @Option(names = "--config", paramLabel = "KEY=VALUE", description = "Set a setting. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--unset", paramLabel = "KEY", description = "Return a setting to its default. May be repeated.")
    private List<String> unset = new ArrayList<>();

    @Override
    void check() throws Failure {
        if (partitions == null && settings.isEmpty() && unset.isEmpty()) {
            throw new Failure(Exit.USAGE, "nothing to change", "say --partitions N, --config KEY=VALUE or --unset KEY");
        }
    }

    @Override
    int ask(Admin admin) throws Exception {
        var topic = Topics.one(admin, name);
        int before = topic.partitions().size();
        if (partitions != null && partitions <= before) {
            throw new Failure(
                    Exit.FAILED,
                    "topic " + name + " has " + Sizes.count(before, "partition") + " already; a topic cannot shrink",
                    null);
        }
        if (!settings.isEmpty() || !unset.isEmpty()) {
            ConfigTarget.change(admin, new ConfigResource(ConfigResource.Type.TOPIC, name), settings, unset);
        }
        if (partitions != null) {
            await(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
                    .all());
        }
        print(before);
        if (settings.containsKey(EnoughReplicas.SETTING) || unset.contains(EnoughReplicas.SETTING)) {
            EnoughReplicas.warning(admin, topic, settings.get(EnoughReplicas.SETTING))
                    .ifPresent(this::warn);
        }
        return Exit.OK;
    }

    private void print(int before) {
        if (json) {
            var change = partitions == null ? null : Json.object("from", before, "to", partitions);
            print(Json.object("name", name, "partitions", change, "set", settings, "unset", unset));
            return;
        }
        settings.forEach((key, value) -> out().line(name + ": " + key + " = " + value));
        unset.forEach(key -> out().line(name + ": " + key + " is back to its default"));
        if (partitions != null) out().line(name + ": partitions " + before + " -> " + partitions);
    }
}
