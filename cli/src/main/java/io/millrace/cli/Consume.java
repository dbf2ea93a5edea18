package io.millrace.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace consume TOPIC`
@Command(
        name = "consume",
        description = "Print the records of a topic, up to its end as it is now, or for ever with --follow.",
        footer = {
            "",
            "PLACE: earliest, latest, an offset, -N (the last N of each partition), -1h, 2026-11-21T08:00:00Z, @MILLIS.",
            "Without --from it begins at the earliest record, with --follow at the latest.",
            "In a group it goes on from the committed offsets; --from counts only where there are none.",
            "Template: %%t topic, %%p partition, %%o offset, %%k key, %%v value, %%h headers, %%T timestamp in ms,",
            "%%D timestamp as a date, %%%% a percent sign; \\n \\t \\r \\0 \\\\ are read as usual.",
            "Examples: millrace consume orders --from -10",
            "          millrace consume orders -f --format '%%D %%k: %%v'",
            "JSON, one object per line: {\"topic\",\"partition\",\"offset\",\"timestamp\",\"key\",\"value\",",
            "  \"headers\":[{\"key\",\"value\"}]}; bytes that are no text come as keyBase64, valueBase64 instead."
        })
final class Consume extends Action {

    @Mixin
    private final Connect connect = new Connect();

    @Parameters(paramLabel = "TOPIC", description = "Topic to read.")
    private String topic = "";

    @Option(names = "--from", paramLabel = "PLACE", description = "Where to begin.")
    private @Nullable String from;

    @Option(names = "--from-beginning", hidden = true, description = "What Kafka's tool calls --from earliest.")
    void fromBeginning(boolean isAsked) {
        if (isAsked) from = "earliest";
    }

    @Option(names = "--until", paramLabel = "PLACE", description = "Where to end: the first record not printed.")
    private @Nullable String until;

    @Option(names = "--partition", paramLabel = "N", description = "Only this partition. May be repeated.")
    private Set<Integer> partitions = new LinkedHashSet<>();

    @Option(names = "--group", paramLabel = "NAME", description = "Read as a member of a group, and commit.")
    private @Nullable String group;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on when the end is reached, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--max", paramLabel = "N", description = "End after N records.")
    private long max = Long.MAX_VALUE;

    @Option(names = "--max-messages", hidden = true, description = "What Kafka's tool calls --max.")
    void maxMessages(@Nullable Long count) {
        if (count != null) max = count;
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "text (default), json, hex, base64, or a template such as '%%p:%%o %%k=%%v'.")
    private String format = "text";

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    @Option(names = "--keys", description = "Print the key before the value, and a tab.")
    private boolean keys;

    @Option(names = "--headers", description = "Print the headers before that, and a tab.")
    private boolean headers;

    @Option(names = "--timestamps", description = "Print the timestamp before that, in UTC, and a tab.")
    private boolean timestamps;

    @Option(names = "--delimiter", paramLabel = "TEXT", description = "What ends a record. Default: \\n")
    private String delimiter = "\\n";

    @Option(
            names = "--isolation",
            paramLabel = "LEVEL",
            description = "read_committed (default) or read_uncommitted: also records of open or aborted transactions.")
    private String isolation = "read_committed";

    @Override
    int run() throws Exception {
        long nowMs = System.currentTimeMillis();
        var printer = printer();
        var begin = from == null ? (follow ? new Place.Latest() : new Place.Earliest()) : Place.parse(from, nowMs);
        var end = until == null ? new Place.Latest() : Place.parse(until, nowMs);
        check(begin);
        var properties = connect.properties(surroundings());
        properties.putIfAbsent("allow.auto.create.topics", "false");
        properties.put("isolation.level", isolation);
        properties.put("enable.auto.commit", "false");
        if (group != null) {
            properties.put("group.id", group);
            if (from != null || !follow) properties.putIfAbsent("auto.offset.reset", reset(begin, nowMs));
        } else {
            properties.put("auto.offset.reset", "earliest");
        }

        var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var stop = new Stop(consumer);
        // Closed in reverse: an interrupt waits until the consumer has left its group.
        try (var _ = new Interrupts(stop, Duration.ofSeconds(10));
                consumer) {
            return read(consumer, stop, printer, begin, end);
        } catch (WakeupException e) {
            if (!stop.asked()) throw e;
            return Exit.INTERRUPTED;
        } catch (DamageMet met) {
            throw explained(met, properties);
        }
    }

    /// Looks for the end of what is damaged, with a consumer of no group: the one that met it has left.
    private Failure explained(DamageMet met, Map<String, Object> properties) {
        var own = new HashMap<>(properties);
        own.remove("group.id");
        own.remove("group.instance.id");
        own.put("auto.offset.reset", "earliest");
        own.put("max.poll.records", 1);
        try (var consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var search = new DamageSearch(consumer, met.partition(), connect.timeout());
            return met.unreadable(search.readableAfter(met.offset())).failure(group, met.thrown());
        }
    }

    private int read(Consumer<byte[], byte[]> consumer, Stop stop, RecordPrinter printer, Place begin, Place end)
            throws Exception {
        var chosen = chosen(consumer);
        var reading = new Reading(consumer, printer, max, stop);
        if (group != null) {
            reading.inGroup(topic, !follow, connect.timeout());
            if (!stop.asked() && reading.emptyHanded())
                note("the other members of group " + group + " hold all partitions");
        } else {
            var lookup = OffsetLookup.of(consumer);
            reading.assigned(begin.in(chosen, lookup), follow ? Map.of() : end.in(chosen, lookup));
        }
        return stop.asked() ? Exit.INTERRUPTED : Exit.OK;
    }

    private Set<TopicPartition> chosen(Consumer<byte[], byte[]> consumer) throws Failure {
        var found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            throw Topics.missing(topic, consumer.listTopics().keySet());
        }
        var all = found.stream()
                .map(p -> new TopicPartition(topic, p.partition()))
                .collect(Collectors.toCollection(() -> new TreeSet<>(OffsetLookup.ORDER)));
        for (int partition : partitions) {
            if (!all.contains(new TopicPartition(topic, partition))) {
                throw Topics.noPartition(topic, partition, all.size());
            }
        }
        if (!partitions.isEmpty()) all.removeIf(p -> !partitions.contains(p.partition()));
        return all;
    }

    private void check(Place begin) throws Failure {
        if (max < 1) throw Failure.usage("--max must be at least 1");
        if (follow && until != null) throw Failure.usage("--follow and --until cannot be mixed");
        if (!List.of("read_committed", "read_uncommitted").contains(isolation)) {
            throw Failure.usage("--isolation: '" + isolation + "' is neither read_committed nor read_uncommitted");
        }
        if (group == null) return;
        if (group.isBlank()) throw Failure.usage("--group is empty");
        if (!partitions.isEmpty()) throw Failure.usage("--group and --partition cannot be mixed: the group assigns");
        if (until != null) throw Failure.usage("--group and --until cannot be mixed");
        if (begin instanceof Place.At || begin instanceof Place.Last) {
            throw new Failure(
                    Exit.USAGE,
                    "--group goes on from committed offsets; --from takes only earliest, latest or a time there",
                    "move the offsets with: millrace group reset-offsets " + group + " --topic " + topic
                            + " --to PLACE --execute");
        }
    }

    /// Where a group without committed offsets begins, in the words of the client.
    private static String reset(Place begin, long nowMs) {
        return switch (begin) {
            case Place.Earliest() -> "earliest";
            case Place.Latest() -> "latest";
            case Place.Since(long timestampMs) -> "by_duration:" + Duration.ofMillis(Math.max(0, nowMs - timestampMs));
            case Place.At _, Place.Last _ -> throw new IllegalStateException("checked before: " + begin);
        };
    }

    private RecordPrinter printer() throws Failure {
        var chosen = json ? new Format.JsonLines() : Format.parse(format);
        if (!(chosen instanceof Format.Plain) && (keys || headers || timestamps)) {
            throw Failure.usage("--keys, --headers and --timestamps are for text, hex and base64");
        }
        return new RecordPrinter(chosen, timestamps, headers, keys, Template.unescape(delimiter), out());
    }

    @Override
    Failure explain(Exception thrown) {
        return Explain.cluster(thrown, connect.shown(surroundings()), connect.timeout());
    }
}
