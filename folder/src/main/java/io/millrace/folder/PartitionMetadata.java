package io.millrace.folder;

import io.millrace.disk.Disk;
import io.millrace.disk.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// Kafka's `partition.metadata`: which topic a partition's folder belongs to.
public final class PartitionMetadata {

    private static final String VERSION = "version: 0";
    private static final String TOPIC_ID = "topic_id: ";

    private PartitionMetadata() {}

    /// Empty when there is no such file.
    ///
    /// @throws IOException when the file is there and cannot be understood
    public static Optional<Uuid> read(Disk disk, Path dir) throws IOException {
        var file = dir.resolve(SegmentFiles.METADATA);
        if (!disk.exists(file)) return Optional.empty();
        List<String> lines = TextFile.lines(disk, file);
        if (lines.size() != 2 || !lines.get(0).equals(VERSION) || !lines.get(1).startsWith(TOPIC_ID)) {
            throw new IOException(file + " is malformed");
        }
        try {
            return Optional.of(Uuid.fromString(lines.get(1).substring(TOPIC_ID.length())));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " names no topic id", e);
        }
    }

    public static void write(Disk disk, Path dir, Uuid topicId) throws IOException {
        TextFile.replace(disk, dir.resolve(SegmentFiles.METADATA), VERSION + "\n" + TOPIC_ID + topicId);
    }
}
