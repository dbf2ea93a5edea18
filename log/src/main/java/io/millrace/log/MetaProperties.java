package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// Kafka's `meta.properties`, version 1: whose folder this is.
///
/// @param identity    cluster and node
/// @param directoryId the folder's own id
record MetaProperties(Identity identity, Uuid directoryId) {

    static final String FILE = "meta.properties";

    private static final String VERSION = "version";
    private static final String CLUSTER = "cluster.id";
    private static final String NODE = "node.id";
    private static final String DIRECTORY = "directory.id";

    /// What the folder says; empty when it says nothing yet.
    ///
    /// @throws IOException when the file is there and cannot be understood
    static Optional<MetaProperties> read(Disk disk, Path dir) throws IOException {
        var file = dir.resolve(FILE);
        if (!disk.exists(file)) return Optional.empty();
        Map<String, String> values = new HashMap<>();
        for (var line : TextFile.lines(disk, file)) {
            if (line.isBlank() || line.startsWith("#")) continue;
            int equals = line.indexOf('=');
            if (equals < 0) throw new IOException("%s: malformed line '%s'".formatted(file, line));
            values.put(
                    line.substring(0, equals).trim(), line.substring(equals + 1).trim());
        }
        try {
            if (!"1".equals(values.get(VERSION))) {
                throw new IOException("%s: version %s is not supported".formatted(file, values.get(VERSION)));
            }
            var identity = new Identity(word(values, CLUSTER), Integer.parseInt(word(values, NODE)));
            return Optional.of(new MetaProperties(identity, Uuid.fromString(word(values, DIRECTORY))));
        } catch (IllegalArgumentException e) {
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String word(Map<String, String> values, String name) {
        var value = values.get(name);
        if (value == null) throw new IllegalArgumentException(name + " is missing");
        return value;
    }

    void write(Disk disk, Path dir) throws IOException {
        var lines = Map.of(
                VERSION, "1",
                CLUSTER, identity.clusterId(),
                NODE, Integer.toString(identity.nodeId()),
                DIRECTORY, directoryId.toString());
        var text = new StringBuilder("#\n");
        lines.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(line -> text.append(line.getKey())
                        .append('=')
                        .append(line.getValue())
                        .append('\n'));
        TextFile.replace(disk, dir.resolve(FILE), text.toString());
    }
}
