package io.millrace.model.config;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The settings of a subscription to the metrics of clients, under Kafka's names. They are checked and
/// kept, and have no effect in this release.
public final class ClientMetricsSettings {

    private static final Set<String> SELECTORS = Set.of(
            "client_instance_id",
            "client_id",
            "client_software_name",
            "client_software_version",
            "client_source_address",
            "client_source_port");

    /// Every setting of a subscription.
    public static final List<ConfigKey<?>> ALL = List.of(
            ConfigKey.number("interval.ms", 300_000)
                    .allow(v -> v >= 100 && v <= 3_600_000, "between 100 and 3600000 (1 h) milliseconds")
                    .doc("How often clients send their metrics.")
                    .withoutEffect(),
            ConfigKey.list("match", "")
                    .allow(
                            items -> items.stream().allMatch(ClientMetricsSettings::isPattern),
                            "a list of selector=regular expression, with selectors out of "
                                    + SELECTORS.stream().sorted().toList())
                    .doc("Which clients are asked.")
                    .withoutEffect(),
            ConfigKey.list("metrics", "")
                    .doc("The prefixes of the metrics that are asked for; * means all.")
                    .withoutEffect());

    private ClientMetricsSettings() {}

    private static boolean isPattern(String item) {
        int equals = item.indexOf('=');
        if (equals < 0 || !SELECTORS.contains(item.substring(0, equals).trim())) return false;
        try {
            Pattern.compile(item.substring(equals + 1).trim());
            return true;
        } catch (PatternSyntaxException e) {
            return false; // the bound's words say what is allowed
        }
    }
}
