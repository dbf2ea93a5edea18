package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A small text file of a broker: a version, the number of lines, and as many lines of words.
final class CheckpointFile {

    private CheckpointFile() {}

    /// The words of each line.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is no such file
    /// @throws IllegalArgumentException when it is not in this form
    static List<List<String>> read(Path file, int wordsPerLine) throws IOException {
        var lines = Files.readAllLines(file);
        if (lines.size() < 2 || !lines.getFirst().equals("0") || Integer.parseInt(lines.get(1)) != lines.size() - 2) {
            throw new IllegalArgumentException(file + " is no checkpoint file");
        }
        var words = new ArrayList<List<String>>();
        for (var line : lines.subList(2, lines.size())) {
            var ofLine = List.of(line.split(" ", -1));
            if (ofLine.size() != wordsPerLine) throw new IllegalArgumentException(file + " has a line: " + line);
            words.add(ofLine);
        }
        return words;
    }
}
