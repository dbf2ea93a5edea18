package io.millrace.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/// A [Checkpoint] whose lines each end with a checksum: for numbers of which a wrong one could delete
/// data.
public final class SealedLines {

    private SealedLines() {}

    /// The words of each line, without the checksums.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is no file
    /// @throws IOException when the file is not what was written
    public static List<String[]> read(Disk disk, Path path, int words) throws IOException {
        var lines = new ArrayList<String[]>();
        for (var all : Checkpoint.read(disk, path, words + 1)) {
            var line = List.of(all).subList(0, words);
            if (!seal(String.join(" ", line)).equals(all[words])) {
                throw new IOException("%s: a line with a wrong checksum: '%s'".formatted(path, line));
            }
            lines.add(line.toArray(String[]::new));
        }
        return lines;
    }

    /// Puts `lines` in the place of the file, and waits until they are on the disk.
    static void replace(Disk disk, Path path, Collection<String> lines) throws IOException {
        Checkpoint.write(disk, path, sealed(lines));
    }

    /// The same without waiting: after a crash there is the old file, the new one, or one that cannot be
    /// used.
    public static void replaceLazily(Disk disk, Path path, Collection<String> lines) throws IOException {
        var temporary = path.resolveSibling(path.getFileName() + TextFile.TEMPORARY);
        var text = Checkpoint.text(sealed(lines));
        TextFile.write(disk, temporary, StandardCharsets.UTF_8.encode(text));
        disk.rename(temporary, path);
    }

    private static List<String> sealed(Collection<String> lines) {
        return lines.stream().map(line -> line + " " + seal(line)).toList();
    }

    private static String seal(String line) {
        var crc = new CRC32C();
        crc.update(line.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
