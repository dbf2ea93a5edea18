package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What is in the way of a data folder is said in words, with what to do.
class DataFolderTest {

    private static final String MEND = "; mend that, or choose another folder with --data";

    @Test
    void aFolderIsMadeWithAllThatIsMissingAboveIt(@TempDir Path temp) throws Exception {
        var dir = temp.resolve("a/b/c");
        DataFolder.make(dir);
        DataFolder.make(dir);
        assertTrue(Files.isDirectory(dir));
    }

    @Test
    void aFileIsNoFolder(@TempDir Path temp) throws IOException {
        var file = Files.writeString(temp.resolve("file"), "");
        assertRefused("data folder " + file + " cannot be used: it is a file" + MEND, file);
        var below = file.resolve("data");
        assertRefused("data folder " + below + " cannot be used: " + below + ": not a directory" + MEND, below);
        var link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nowhere"));
        assertRefused("data folder " + link + " cannot be used: it is a link that leads nowhere" + MEND, link);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whereNothingCanBeMadeIsSaid() {
        assertRefused("data folder /proc/x cannot be used: nothing can be made in /proc" + MEND, Path.of("/proc/x"));
    }

    /// By hand: these need another user, or a disk of their own.
    @Test
    void whatTheSystemSaysIsSaidInWords() {
        var dir = Path.of("/srv/data");
        assertEquals(
                "data folder /srv/data cannot be used: user " + System.getProperty("user.name")
                        + " may not write in /srv" + MEND,
                DataFolder.refused(dir, new AccessDeniedException("/srv/data")).getMessage());
        assertEquals(
                "data folder /srv/data cannot be used: /srv/data/.lock: read-only file system" + MEND,
                DataFolder.refused(dir, new FileSystemException("/srv/data/.lock", null, "Read-only file system"))
                        .getMessage());
        assertEquals(
                "data folder /srv/data is in use by another process; another folder is chosen with --data",
                DataFolder.refused(dir, new IOException("data folder /srv/data is in use by another process"))
                        .getMessage());
    }

    private static void assertRefused(String sentence, Path dir) {
        var refused = assertThrows(StartRefused.class, () -> DataFolder.make(dir));
        assertEquals(sentence, refused.getMessage());
    }
}
