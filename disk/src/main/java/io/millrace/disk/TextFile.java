package io.millrace.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Small files that are read and replaced as a whole.
public final class TextFile {

    public static final String TEMPORARY = ".tmp";

    private static final int MOST_BYTES = 64 << 20;

    private TextFile() {}

    /// The whole file.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is none
    public static ByteBuffer bytes(Disk disk, Path path) throws IOException {
        try (var file = disk.openToRead(path)) {
            long size = file.sizeBytes();
            if (size > MOST_BYTES) throw new IOException("%s has %d bytes, too many".formatted(path, size));
            var bytes = ByteBuffer.allocate((int) size);
            file.readFully(bytes, 0);
            return bytes.flip();
        }
    }

    public static List<String> lines(Disk disk, Path path) throws IOException {
        return StandardCharsets.UTF_8
                .decode(bytes(disk, path))
                .toString()
                .lines()
                .toList();
    }

    /// Puts `text` in the place of the file: after a crash there is the old text or the new one, whole.
    public static void replace(Disk disk, Path path, String text) throws IOException {
        var temporary = path.resolveSibling(path.getFileName() + TEMPORARY);
        try (var file = disk.openToAppend(temporary)) {
            file.truncate(0);
            file.append(new ByteBuffer[] {StandardCharsets.UTF_8.encode(text)}, 1);
            file.sync();
        }
        disk.rename(temporary, path);
        var dir = path.getParent();
        if (dir != null) disk.syncDirectory(dir);
    }

    public static void write(Disk disk, Path path, ByteBuffer bytes) throws IOException {
        try (var file = disk.openToAppend(path)) {
            file.truncate(0);
            file.append(new ByteBuffer[] {bytes}, 1);
        }
    }
}
