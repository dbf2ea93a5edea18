package io.millrace.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WitnessedDiskTest {

    private static final Path FILE = Path.of("/data/file");

    private final List<IOException> seen = new ArrayList<>();
    private final MemoryDisk memory = new MemoryDisk(new TestClock());
    private final Disk disk = new WitnessedDisk(memory, seen::add);

    @Test
    void aSyncThatFailsIsSeenWhoeverAskedForIt() throws IOException {
        memory.createDirectories(Path.of("/data"));
        try (var file = disk.openToAppend(FILE)) {
            file.sync();
            assertEquals(List.of(), seen);
            memory.failSyncs(path -> true);
            var thrown = assertThrows(IOException.class, file::sync);
            assertEquals(List.of(thrown), seen);
        }
        try (var file = disk.openToRead(FILE)) {
            assertThrows(IOException.class, file::sync);
        }
        assertEquals(2, seen.size());
    }

    @Test
    void aDirectoryThatIsGoneHasLostNothing() {
        var failing = new WitnessedDisk(
                new ForwardingDisk(memory) {
                    @Override
                    public void syncDirectory(Path directory) throws IOException {
                        if (directory.endsWith("gone")) throw new NoSuchFileException("gone");
                        throw new IOException("broken");
                    }
                },
                seen::add);
        assertThrows(NoSuchFileException.class, () -> failing.syncDirectory(Path.of("/data/gone")));
        assertEquals(List.of(), seen);
        assertThrows(IOException.class, () -> failing.syncDirectory(Path.of("/data")));
        assertEquals(1, seen.size());
    }
}
