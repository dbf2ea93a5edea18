package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic delete NAME...`
@Command(
        name = "delete",
        description = "Delete topics with all their records.",
        footer = {"", "Asks first; in a script say --yes.", "JSON: {\"deleted\":[]}"})
final class TopicDelete extends AdminAction {

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of the topics.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(names = "--if-exists", description = "Succeed when a topic does not exist.")
    private boolean ifExists;

    @Override
    int ask(Admin admin) throws Exception {
        var found = Topics.existing(admin, names);
        var there = found.stream().map(TopicDescription::name).toList();
        if (!ifExists) {
            for (var name : names) {
                if (!there.contains(name)) throw Topics.missing(name, Topics.names(admin));
            }
        }
        if (!there.isEmpty()) {
            int partitions =
                    found.stream().mapToInt(topic -> topic.partitions().size()).sum();
            Confirm.orFail(
                    surroundings(),
                    yes,
                    "Delete %s (%s)? All records are gone for good."
                            .formatted(String.join(", ", there), Sizes.count(partitions, "partition")));
            await(admin.deleteTopics(there).all());
        }
        if (json) print(Json.object("deleted", there));
        else if (there.isEmpty()) note("nothing to delete");
        else there.forEach(name -> out().line("deleted " + name));
        return Exit.OK;
    }
}
