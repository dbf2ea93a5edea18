package io.millrace.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// Temporary folders, and looking into folders that change meanwhile.
final class Folders {

    private Folders() {}

    static Path temporary(String prefix) {
        try {
            var folder = Files.createTempDirectory("millrace-" + prefix + "-");
            Leftovers.add(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        Leftovers.remove(folder);
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException alreadyGone) {
            // as wanted
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every file below `folder` whose name ends so, sorted.
    static List<Path> find(Path folder, String ending) {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
