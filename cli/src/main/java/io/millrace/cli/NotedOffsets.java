package io.millrace.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Offsets of a partition that its broker wrote down in the data folder.
final class NotedOffsets {

    private static final String START = "log-start-offset-checkpoint";
    private static final String DURABLE = "durable-offset-checkpoint";
    private static final String RECOVERY = "recovery-point-offset-checkpoint";

    private NotedOffsets() {}

    /// Where the partition in a folder begins: records before are deleted, and files may still have some of
    /// them, or not. 0 when nothing says it.
    static long start(Path partition) throws IOException {
        return of(partition, START);
    }

    /// Up to where its records were promised to be on the disk: a broker sets damage before it aside, and
    /// cuts off what is not whole behind it. 0 when nothing says it.
    static long durableEnd(Path partition) throws IOException {
        return Math.max(of(partition, DURABLE), of(partition, RECOVERY));
    }

    private static long of(Path partition, String file) throws IOException {
        var folder = partition.toAbsolutePath().normalize();
        var data = folder.getParent();
        if (data == null) return 0;
        var name = folder.getFileName().toString();
        try {
            for (var words : CheckpointFile.read(data.resolve(file), 3)) {
                if (name.equals(words.get(0) + "-" + words.get(1))) return Math.max(0, Long.parseLong(words.get(2)));
            }
        } catch (NoSuchFileException | CharacterCodingException | IllegalArgumentException _) {
            // As for the broker: then nothing says it.
        }
        return 0;
    }
}
