package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {

    @TempDir
    private Path temp;

    @Test
    void aFileIsReadAsItIs() throws Exception {
        var file = Files.writeString(temp.resolve("server.properties"), "a=\u00e9\n");
        assertEquals("a=\u00e9\n", SettingsFile.read(file));
    }

    @Test
    void whatCannotBeReadIsNamedWithTheReason() throws Exception {
        assertRefused(" does not exist", temp.resolve("nothing"));
        assertRefused(" is a folder; name the file in it", temp);
        var binary = Files.write(temp.resolve("binary"), new byte[] {0, (byte) 0xff, 1});
        assertRefused(" is not text in UTF-8, so it is no file of settings", binary);
        var large = Files.write(temp.resolve("large"), new byte[(1 << 20) + 1]);
        assertRefused(" is larger than 1 MiB, so it is no file of settings", large);
    }

    private static void assertRefused(String why, Path file) {
        var refused = assertThrows(StartRefused.class, () -> SettingsFile.read(file));
        assertEquals("--config: " + file + why, refused.getMessage());
        assertTrue(refused.isUsage());
    }
}
