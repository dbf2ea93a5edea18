package io.millrace.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `millrace config set KEY=VALUE...`
@Command(
        name = "set",
        description = "Set settings, all of them or none; those not named keep their values.",
        footer = {
            "",
            "Example: millrace config set retention.ms=86400000 --topic orders",
            "JSON: {\"kind\",\"name\",\"set\":{}}"
        })
final class ConfigSet extends AdminAction {

    @Parameters(paramLabel = "KEY=VALUE", arity = "1..*", description = "Settings and their values.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @ArgGroup(multiplicity = "1")
    private ConfigTarget target = new ConfigTarget();

    @Override
    int ask(Admin admin) throws Exception {
        var resource = target.existing(admin);
        ConfigTarget.change(admin, resource, settings, List.of());
        if (json) {
            print(Json.object("kind", ConfigTarget.kind(resource), "name", resource.name(), "set", settings));
        } else {
            settings.forEach((key, value) -> out().line(ConfigTarget.shown(resource) + ": " + key + " = " + value));
        }
        var wanted = settings.get(EnoughReplicas.SETTING);
        if (wanted != null && resource.type() == ConfigResource.Type.TOPIC) {
            EnoughReplicas.warning(admin, resource.name(), wanted).ifPresent(this::warn);
        }
        return Exit.OK;
    }
}
