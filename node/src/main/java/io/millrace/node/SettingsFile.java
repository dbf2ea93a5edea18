package io.millrace.node;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file that `--config` names.
final class SettingsFile {

    private static final int MAX_BYTES = 1 << 20;

    private SettingsFile() {}

    /// The text of `file`.
    ///
    /// @throws StartRefused when it cannot be had; says why
    static String read(Path file) throws StartRefused {
        var what = "--config: " + file.toAbsolutePath().normalize();
        try {
            if (Files.isDirectory(file)) throw StartRefused.usage(what + " is a folder; name the file in it");
            if (Files.size(file) > MAX_BYTES) {
                throw StartRefused.usage(what + " is larger than 1 MiB, so it is no file of settings");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw StartRefused.usage(what + " " + why(e), e);
        }
    }

    private static String why(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "does not exist";
            case AccessDeniedException _ -> "may not be read by user " + System.getProperty("user.name");
            case CharacterCodingException _ -> "is not text in UTF-8, so it is no file of settings";
            default -> "cannot be read: " + failure.getMessage();
        };
    }
}
