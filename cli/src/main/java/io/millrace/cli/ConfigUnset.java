package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `millrace config unset KEY...`
@Command(
        name = "unset",
        description = "Return settings to their defaults.",
        footer = {
            "",
            "Example: millrace config unset retention.ms --topic orders",
            "JSON: {\"kind\",\"name\",\"unset\":[]}"
        })
final class ConfigUnset extends AdminAction {

    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Names of the settings.")
    private List<String> keys = new ArrayList<>();

    @ArgGroup(multiplicity = "1")
    private ConfigTarget target = new ConfigTarget();

    @Override
    int ask(Admin admin) throws Exception {
        var resource = target.existing(admin);
        ConfigTarget.change(admin, resource, Map.of(), keys);
        if (json) {
            print(Json.object("kind", ConfigTarget.kind(resource), "name", resource.name(), "unset", keys));
        } else {
            keys.forEach(key -> out().line(ConfigTarget.shown(resource) + ": " + key + " is back to its default"));
        }
        return Exit.OK;
    }
}
