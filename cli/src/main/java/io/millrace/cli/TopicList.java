package io.millrace.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `millrace topic list`
@Command(
        name = "list",
        description = "List the topics with their number of partitions and replicas.",
        footer = {"", "JSON: {\"topics\":[{\"name\",\"id\",\"partitions\",\"replicas\",\"internal\"}]}"})
final class TopicList extends AdminAction {

    @Option(names = "--internal", description = "Also list the topics in which a cluster keeps its own records.")
    private boolean internal;

    @Override
    int ask(Admin admin) throws Exception {
        var names = await(
                admin.listTopics(new ListTopicsOptions().listInternal(internal)).names());
        var topics = Topics.existing(admin, names);
        if (json) {
            var listed = topics.stream()
                    .map(topic -> Json.object(
                            "name", topic.name(),
                            "id", topic.topicId().toString(),
                            "partitions", topic.partitions().size(),
                            "replicas", Topics.replicas(topic),
                            "internal", topic.isInternal()))
                    .toList();
            print(Json.object("topics", listed));
            return Exit.OK;
        }
        if (topics.isEmpty()) {
            note("no topics yet; create one with: millrace topic create NAME");
            return Exit.OK;
        }
        var table = new Table("TOPIC", "PARTITIONS", "REPLICAS");
        topics.forEach(topic -> table.row(topic.name(), topic.partitions().size(), Topics.replicas(topic)));
        print(table);
        return Exit.OK;
    }
}
