package io.millrace.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace produce TOPIC [VALUE...]`
@Command(
        name = "produce",
        description = "Send records: values from the command line, from files, or lines of standard input.",
        footer = {
            "",
            "Examples: echo hello | millrace produce greetings",
            "          millrace produce greetings hello --key world",
            "          millrace consume a --json | millrace produce b --format json",
            "JSON input, one object per line: {\"key\",\"value\",\"headers\",\"partition\",\"timestamp\"}; only value is",
            "needed, null is a tombstone, keyBase64 and valueBase64 take bytes. Lines are taken byte for byte.",
            "The first record that cannot be sent ends it with exit code 1, unless --keep-going.",
            "--verbose --json: {\"topic\",\"partition\",\"offset\",\"timestamp\"} per record."
        })
final class Produce extends Action {

    @Mixin
    private final Connect connect = new Connect();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Topic to send to.")
    private String topic = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "VALUE", description = "Values to send.")
    private List<String> values = new ArrayList<>();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Send a file's contents as one value. May be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--key", paramLabel = "KEY", description = "Key of every record that brings none itself.")
    private @Nullable String key;

    @Option(
            names = "--key-separator",
            paramLabel = "SEP",
            description = "Lines are KEY SEP VALUE; \\t stands for a tab.")
    private @Nullable String separator;

    @Option(names = "--header", paramLabel = "KEY=VALUE", description = "Header of every record. May be repeated.")
    private List<String> headers = new ArrayList<>();

    @Option(names = "--format", paramLabel = "FORMAT", description = "text (default), json, hex or base64.")
    private String format = "text";

    @Option(names = "--partition", paramLabel = "N", description = "Send to this partition. Default: by key.")
    private @Nullable Integer partition;

    @Option(names = "--compression", paramLabel = "CODEC", description = "none (default), gzip, snappy, lz4 or zstd.")
    private @Nullable String compression;

    @Option(names = "--acks", paramLabel = "N", description = "Who must have it: all (default), 1 or 0.")
    private @Nullable String acks;

    @Option(names = "--rate", paramLabel = "N", description = "At most so many records per second.")
    private double rate = Double.POSITIVE_INFINITY;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Send N records: repeat values and files as often as needed; take N lines of input.")
    private @Nullable Long count;

    @Option(names = "--keep-going", description = "Go on after a record that could not be sent.")
    private boolean keepGoing;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print where each record went.")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "No summary.")
    private boolean quiet;

    @Option(names = "--json", description = "With --verbose: as JSON, one object per line.")
    private boolean json;

    @Override
    int run() throws Exception {
        var parser = parser();
        check();
        var properties = connect.properties(surroundings());
        // The broker decides what is too large: what it refuses is reported per record.
        properties.putIfAbsent("max.request.size", Inputs.MAX_RECORD_BYTES + (1 << 20));
        properties.putIfAbsent("buffer.memory", (long) Inputs.MAX_RECORD_BYTES + (32 << 20));
        int timeoutMs = Math.toIntExact(connect.timeout().toMillis());
        properties.putIfAbsent("max.block.ms", timeoutMs);
        properties.putIfAbsent("linger.ms", 5);
        properties.putIfAbsent("delivery.timeout.ms", Math.max(timeoutMs, requestTimeoutMs(properties) + 100));
        if (acks != null) properties.put("acks", acks);
        if (compression != null) properties.put("compression.type", compression);

        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            int partitions = TopicCheck.orFail(producer, topic, properties);
            if (partition != null && partition >= partitions) throw Topics.noPartition(topic, partition, partitions);
            var sending = new Sending(producer, new Pace(rate), keepGoing, this::sent);
            // The main thread may be waiting for input that never comes, so whoever interrupts also finishes.
            try (var _ = new Interrupts(() -> finish(sending), Duration.ZERO)) {
                return send(sending, parser);
            }
        }
    }

    private static int requestTimeoutMs(java.util.Map<String, Object> properties) {
        return Integer.parseInt(String.valueOf(properties.get("request.timeout.ms")));
    }

    private int send(Sending sending, RecordParser parser) throws Exception {
        Failure input = null;
        try {
            for (var next = inputs(parser); sending.mayGoOn(); ) {
                if (count != null && sending.taken() >= count) break;
                var record = next.next();
                if (record == null && repeats() && sending.taken() > 0) {
                    next = inputs(parser);
                    continue;
                }
                if (record == null) break;
                sending.send(record);
            }
        } catch (Failure e) {
            input = e;
        }
        finish(sending);
        if (input != null) throw input;
        return sending.failed() == 0 ? Exit.OK : Exit.FAILED;
    }

    /// Waits for what is under way, then says once how it went.
    private void finish(Sending sending) {
        if (!sending.finish()) return;
        out().flush();
        if (!quiet || sending.failed() > 0) note(sending.summary(topic));
    }

    /// A number of records was asked for, and there is something to say again.
    private boolean repeats() {
        return count != null && !(values.isEmpty() && files.isEmpty());
    }

    private Inputs inputs(RecordParser parser) {
        if (!files.isEmpty()) return Inputs.files(files, parser);
        if (!values.isEmpty()) return Inputs.arguments(values, parser);
        if (surroundings().inTerminal()) note("one record per line; end with Ctrl-D");
        return Inputs.lines(surroundings().in(), parser);
    }

    private void sent(Sending.Sent record) {
        if (!verbose) return;
        if (json) {
            out().line(Json.of(Json.object(
                    "topic", topic,
                    "partition", record.partition(),
                    "offset", record.offset(),
                    "timestamp", record.timestampMs())));
        } else {
            out().line("%s partition %d offset %d".formatted(topic, record.partition(), record.offset()));
        }
    }

    private void check() throws Failure {
        if (!files.isEmpty() && !values.isEmpty()) throw Failure.usage("values and --file cannot be mixed");
        if (!files.isEmpty() && !format.equals("text"))
            throw Failure.usage("--file takes bytes as they are: no --format");
        if (!files.isEmpty() && separator != null) throw Failure.usage("--file has no keys in it: use --key");
        if (!(rate > 0)) throw Failure.usage("--rate must be above 0");
        if (count != null && count < 1) throw Failure.usage("--count must be at least 1");
        if (partition != null && partition < 0) throw Failure.usage("--partition must not be negative");
        oneOf("--acks", acks, "all", "1", "0", "-1");
        oneOf("--compression", compression, "none", "gzip", "snappy", "lz4", "zstd");
    }

    private static void oneOf(String option, @Nullable String value, String... valid) throws Failure {
        if (value != null && !List.of(valid).contains(value)) {
            throw Failure.usage(option + ": '" + value + "' is none of " + String.join(", ", valid));
        }
    }

    private RecordParser parser() throws Failure {
        var read = Format.parse(format.toLowerCase(Locale.ROOT));
        if (read instanceof Format.Filled) throw Failure.usage("--format: a template is for consume");
        if (separator != null && read instanceof Format.JsonLines) {
            throw Failure.usage("--key-separator and --format json cannot be mixed: the key is a field");
        }
        if (separator != null && separator.isEmpty()) throw Failure.usage("--key-separator is empty");
        var all = new ArrayList<Header>();
        for (var header : headers) {
            int at = header.indexOf('=');
            if (at < 1) throw Failure.usage("--header: '" + header + "' is not KEY=VALUE");
            all.add(new RecordHeader(
                    header.substring(0, at), header.substring(at + 1).getBytes(StandardCharsets.UTF_8)));
        }
        return new RecordParser(
                topic, read, separator == null ? null : Template.unescape(separator), key, partition, all);
    }

    @Override
    Failure explain(Exception thrown) {
        if (thrown instanceof IOException) return Explain.local(thrown);
        return Explain.cluster(thrown, connect.shown(surroundings()), connect.timeout());
    }
}
