package io.millrace.cli;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// What people who know Kafka's own tools type, and how the same is said here.
///
/// Where a flag of Kafka's means exactly what one of ours does, the command takes it, hidden from the
/// help (`--bootstrap-server`); this is about the others.
final class KafkaWords {

    /// By flag, or by command and flag where it depends on the command.
    private static final Map<String, String> HERE = Map.ofEntries(
            entry("--broker-list", "here it is --bootstrap."),
            entry("--consumer.config", "here it is --command-config."),
            entry("--producer.config", "here it is --command-config."),
            entry("--consumer-property", "put it into a file and name that: --command-config FILE."),
            entry("--producer-property", "put it into a file and name that: --command-config FILE."),
            entry("--compression-codec", "here it is --compression."),
            entry("--request-required-acks", "here it is --acks."),
            entry("produce --property", "here: --key-separator, --header or --format."),
            entry("produce --reader-property", "here: --key-separator, --header or --format."),
            entry("consume --property", "here: --keys, --headers, --timestamps or --format."),
            entry("consume --formatter-property", "here: --keys, --headers, --timestamps or --format."),
            entry("consume --formatter", "here it is --format."),
            entry("consume --offset", "here it is --from, with an offset or a time."),
            entry("consume --isolation-level", "here it is --isolation."),
            entry("consume --timeout-ms", "it ends where the topic ends, unless --follow."),
            entry("config --describe", "here: config list, or config get KEY."),
            entry("config --alter", "here: config set KEY=VALUE, or config unset KEY."),
            entry("--delete-config", "here it is --unset KEY, or: config unset KEY."),
            entry("--add-config", "here it is: config set KEY=VALUE."),
            entry("--entity-type", "here: --topic NAME, --broker ID or --group NAME."),
            entry("--entity-name", "here: --topic NAME, --broker ID or --group NAME."),
            entry("--to-earliest", "here it is --to earliest."),
            entry("--to-latest", "here it is --to latest."),
            entry("--to-offset", "here it is --to OFFSET."),
            entry("--to-datetime", "here it is --to TIME, such as 2026-11-21T08:00:00Z."),
            entry("--by-duration", "here it is --to -DURATION, such as --to -1h."),
            entry("--shift-by", "here it is --shift."),
            entry("--dry-run", "that is what it does without --execute."),
            entry("--all-topics", "that is what it does when no topic is named."),
            entry("--files", "say FILE without a flag."),
            entry("--print-data-log", "here it is --records."),
            entry("--deep-iteration", "here it is --records."));

    private KafkaWords() {}

    /// What `word`, which `command` does not know, is called here; nothing when it is none of Kafka's.
    static Optional<String> saidHere(CommandSpec command, String word) {
        if (!word.startsWith("--")) return Optional.empty();
        return Optional.ofNullable(HERE.get(command.name() + " " + word))
                .or(() -> Optional.ofNullable(HERE.get(word)))
                .or(() -> isCommand(command, word.substring(2)))
                .or(() -> isArgument(command, word.substring(2)));
    }

    /// `topic --list`, `group reset-offsets --describe`: a command here, of this one or beside it.
    private static Optional<String> isCommand(CommandSpec command, String name) {
        for (var at = command; at != null && at.parent() != null; at = at.parent()) {
            if (at.subcommands().containsKey(name)) {
                return Optional.of("that is a command: " + at.name() + " " + name + ".");
            }
        }
        return Optional.empty();
    }

    /// `consume --topic orders`, `group describe --group billing`: the flag's value is an argument here.
    private static Optional<String> isArgument(CommandSpec command, String name) {
        var parent = command.parent() == null ? "" : command.parent().name();
        return command.positionalParameters().stream()
                .map(argument -> argument.paramLabel())
                .filter(label ->
                        label.equals(name.toUpperCase(Locale.ROOT)) || (label.equals("NAME") && parent.equals(name)))
                .findFirst()
                .map(label -> "say " + label + " without a flag.");
    }
}
