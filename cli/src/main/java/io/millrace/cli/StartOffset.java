package io.millrace.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Where a partition begins, as its broker wrote it down: records before are deleted, and files may still
/// have some of them, or not.
final class StartOffset {

    private static final String FILE = "log-start-offset-checkpoint";

    private StartOffset() {}

    /// Of the partition in a folder; 0 when nothing says it.
    static long of(Path partition) throws IOException {
        var folder = partition.toAbsolutePath().normalize();
        var data = folder.getParent();
        if (data == null) return 0;
        var name = folder.getFileName().toString();
        try {
            for (var words : CheckpointFile.read(data.resolve(FILE), 3)) {
                if (name.equals(words.get(0) + "-" + words.get(1))) return Math.max(0, Long.parseLong(words.get(2)));
            }
        } catch (NoSuchFileException | CharacterCodingException | IllegalArgumentException _) {
            // As for the broker: then the log begins where its files do.
        }
        return 0;
    }
}
