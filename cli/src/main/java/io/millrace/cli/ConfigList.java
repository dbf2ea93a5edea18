package io.millrace.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `millrace config list`
@Command(
        name = "list",
        description = "List the settings of a topic, broker or group that differ from their defaults.",
        footer = {
            "",
            "SOURCE: topic, broker, cluster (all brokers), group, static (the broker's own file or flags), default.",
            "JSON: {\"kind\",\"name\",\"configs\":[{\"name\",\"value\",\"source\",\"readOnly\",\"sensitive\"}]}"
        })
final class ConfigList extends AdminAction {

    @ArgGroup(multiplicity = "1")
    private ConfigTarget target = new ConfigTarget();

    @Option(names = "--all", description = "Also list settings at their defaults.")
    private boolean all;

    @Override
    int ask(Admin admin) throws Exception {
        var resource = target.existing(admin);
        var entries = ConfigTarget.entries(admin, resource).stream()
                .filter(entry -> all || entry.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG)
                .toList();
        if (json) {
            var configs = entries.stream()
                    .map(entry -> Json.object(
                            "name", entry.name(),
                            "value", entry.value(),
                            "source", ConfigTarget.source(entry.source()),
                            "readOnly", entry.isReadOnly(),
                            "sensitive", entry.isSensitive()))
                    .toList();
            print(Json.object("kind", ConfigTarget.kind(resource), "name", resource.name(), "configs", configs));
            return Exit.OK;
        }
        if (entries.isEmpty()) {
            note(ConfigTarget.shown(resource) + ": every setting is at its default" + (all ? "" : "; see them: --all"));
            return Exit.OK;
        }
        var table = new Table("CONFIG", "VALUE", "SOURCE");
        entries.forEach(
                entry -> table.row(entry.name(), ConfigTarget.shown(entry), ConfigTarget.source(entry.source())));
        print(table);
        return Exit.OK;
    }
}
