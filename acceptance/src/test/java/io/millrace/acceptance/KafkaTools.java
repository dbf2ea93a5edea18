package io.millrace.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Kafka's own tool that reads log folders, from a folder of jars that never meets the tests' class path.
final class KafkaTools {

    private KafkaTools() {}

    /// Every log and index file of these partition folders, read to the last record.
    ///
    /// @param decoder `--offsets-decoder` for `__consumer_offsets`, otherwise empty
    /// @return what the tool says of records and batches; any complaint of it is an error
    static List<String> dump(List<Path> partitionFolders, String decoder) {
        var files = new ArrayList<Path>();
        for (var folder : partitionFolders) {
            for (var ending : List.of(".log", ".index", ".timeindex")) files.addAll(Folders.find(folder, ending));
        }
        var command =
                new ArrayList<>(List.of(JavaHome.java(), "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", jars() + "/*"));
        command.addAll(List.of("org.apache.kafka.tools.DumpLogSegments", "--deep-iteration", "--print-data-log"));
        if (!decoder.isEmpty()) command.add(decoder);
        command.add("--files");
        command.add(files.stream().map(Path::toString).collect(Collectors.joining(",")));
        try (var dump = Child.start("DumpLogSegments", partitionFolders.getFirst(), command)) {
            dump.succeeds();
            var complaints =
                    dump.lines().stream().filter(KafkaTools::isComplaint).toList();
            if (!complaints.isEmpty() || dump.lines().isEmpty()) {
                throw new AssertionError("Kafka's tool complains: " + complaints + "\n" + dump.transcript());
            }
            return dump.lines();
        }
    }

    private static boolean isComplaint(String line) {
        return line.contains("isvalid: false")
                || line.contains("ismatch")
                || line.contains("orrupt")
                || line.contains("out of order")
                || line.contains("not found in log")
                || line.contains("Exception")
                || line.startsWith("Found")
                || line.startsWith("Non-consecutive")
                || line.contains("invalid bytes");
    }

    private static Path jars() {
        var jars = Path.of(System.getProperty("acceptance.target", "target"), "kafka-tools")
                .toAbsolutePath();
        if (!Files.isDirectory(jars)) throw new IllegalStateException(jars + " is not there: mvn verify fills it");
        return jars;
    }
}
