package io.millrace.node;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/// The folder a node keeps its data in, before anybody owns it: made where there is none, or refused.
final class DataFolder {

    private DataFolder() {}

    /// Makes the folder and what is missing above it.
    ///
    /// @throws StartRefused when it is none, or the system does not let us; says why
    static void make(Path dir) throws StartRefused {
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw refused(dir, e);
        }
    }

    /// Says in words what `failure` means: the system's own exceptions hold little more than a path.
    static StartRefused refused(Path dir, IOException failure) {
        var why = why(dir, failure);
        var sentence = why.isEmpty()
                ? failure.getMessage() + "; another folder is chosen with --data"
                : "data folder %s cannot be used: %s; mend that, or choose another folder with --data"
                        .formatted(dir, why);
        return new StartRefused(sentence, failure);
    }

    /// Half a sentence; empty when the exception has a sentence of its own.
    private static String why(Path dir, IOException failure) {
        return switch (failure) {
            case FileAlreadyExistsException _ -> Files.exists(dir) ? "it is a file" : "it is a link that leads nowhere";
            case AccessDeniedException e ->
                "user %s may not write in %s".formatted(System.getProperty("user.name"), above(e, dir));
            case NoSuchFileException e -> "nothing can be made in " + above(e, dir);
            case FileSystemException e
            when e.getReason() != null ->
                "%s: %s".formatted(e.getFile(), e.getReason().toLowerCase(Locale.ROOT));
            default -> "";
        };
    }

    /// The folder of what could not be made.
    private static Path above(FileSystemException failure, Path dir) {
        var parent =
                failure.getFile() == null ? null : Path.of(failure.getFile()).getParent();
        return parent == null ? dir : parent;
    }
}
