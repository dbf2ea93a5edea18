package io.millrace.cli;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `millrace config get KEY`
@Command(
        name = "get",
        description = "Print the value of one setting, and nothing else.",
        footer = {
            "",
            "Example: millrace config get retention.ms --topic orders",
            "JSON: {\"kind\",\"resource\",\"name\",\"value\",\"source\"}"
        })
final class ConfigGet extends AdminAction {

    @Parameters(paramLabel = "KEY", description = "Name of the setting.")
    private String key = "";

    @ArgGroup(multiplicity = "1")
    private ConfigTarget target = new ConfigTarget();

    @Override
    int ask(Admin admin) throws Exception {
        var resource = target.existing(admin);
        var entries = ConfigTarget.entries(admin, resource);
        var entry =
                entries.stream().filter(e -> e.name().equals(key)).findFirst().orElse(null);
        if (entry == null) {
            var names = entries.stream().map(ConfigEntry::name).toList();
            throw ConfigTarget.unknown(resource, key, names);
        }
        if (json) {
            print(Json.object(
                    "kind", ConfigTarget.kind(resource),
                    "resource", resource.name(),
                    "name", key,
                    "value", entry.value(),
                    "source", ConfigTarget.source(entry.source())));
        } else {
            out().line(ConfigTarget.shown(entry));
        }
        return Exit.OK;
    }
}
