package io.millrace.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Kafka's form of a checkpoint file: a version, a count, and as many lines of words.
///
/// ```
/// 0
/// 2
/// orders 0 4711
/// orders 1 815
/// ```
public final class Checkpoint {

    private static final String VERSION = "0";

    private Checkpoint() {}

    /// The words of each line.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is no file
    /// @throws IOException when the file is not what it should be
    public static List<String[]> read(Disk disk, Path path, int words) throws IOException {
        var lines = TextFile.lines(disk, path);
        if (lines.size() < 2 || !lines.getFirst().equals(VERSION)) {
            throw new IOException(path + " does not begin with version " + VERSION);
        }
        if (!lines.get(1).equals(Integer.toString(lines.size() - 2))) {
            throw new IOException("%s has %d lines and says %s".formatted(path, lines.size() - 2, lines.get(1)));
        }
        var entries = new ArrayList<String[]>();
        for (var line : lines.subList(2, lines.size())) {
            var parts = line.split(" ", -1);
            if (parts.length != words) throw new IOException("%s: malformed line '%s'".formatted(path, line));
            entries.add(parts);
        }
        return entries;
    }

    public static void write(Disk disk, Path path, Collection<String> lines) throws IOException {
        TextFile.replace(disk, path, text(lines));
    }

    /// The whole file.
    static String text(Collection<String> lines) {
        var text = new StringBuilder(VERSION + "\n" + lines.size() + "\n");
        for (var line : lines) text.append(line).append('\n');
        return text.toString();
    }

    /// The offset, epoch or number in a word.
    ///
    /// @throws IOException when it is none, or negative
    public static long number(Path path, String word) throws IOException {
        try {
            long number = Long.parseLong(word);
            if (number >= 0) return number;
        } catch (NumberFormatException e) {
            throw new IOException("%s: '%s' is no number".formatted(path, word), e);
        }
        throw new IOException("%s: '%s' is negative".formatted(path, word));
    }
}
