package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.disk.DiskFile;
import io.millrace.disk.ForwardingDisk;
import io.millrace.disk.MemoryDisk;
import io.millrace.disk.TestClock;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/// A look-up opens a segment's file when its turn comes; by then it may have another name, and get the
/// next one just then.
class SegmentViewTest {

    private static final Path DIR = Path.of("/data/orders-0");
    private static final Path LOG = SegmentFiles.of(DIR, 0, SegmentFiles.LOG);
    private static final Path SWAP = LOG.resolveSibling(LOG.getFileName() + SegmentFiles.SWAP);
    private static final Path DELETED = LOG.resolveSibling(LOG.getFileName() + SegmentFiles.DELETED);
    private static final int SIZE = 10;

    /// Gives a file its next name each time somebody has seen that it is there.
    private static final class RenamingDisk extends ForwardingDisk {

        private Path name;
        private final Queue<Path> next;

        RenamingDisk(Path name, List<Path> next) throws IOException {
            super(new MemoryDisk(new TestClock()));
            this.name = name;
            this.next = new ArrayDeque<>(next);
            createDirectories(DIR);
            write(name, SIZE);
        }

        private void write(Path path, int bytes) throws IOException {
            try (var file = openToAppend(path)) {
                file.append(new ByteBuffer[] {ByteBuffer.allocate(bytes)}, 1);
            }
        }

        @Override
        public DiskFile openToRead(Path file) throws IOException {
            if (file.equals(name)) goOn();
            return super.openToRead(file);
        }

        private void goOn() throws IOException {
            var to = next.poll();
            if (to == null) return;
            rename(name, to);
            name = to;
        }
    }

    private static SegmentView view(RenamingDisk disk, Path path) {
        var offsets = new OffsetIndex(disk, SegmentFiles.of(DIR, 0, SegmentFiles.OFFSET_INDEX), 0, 0);
        var times = new TimeIndex(disk, SegmentFiles.of(DIR, 0, SegmentFiles.TIME_INDEX), 0, 0);
        return new SegmentView(disk, path, 0, 5, SIZE, true, offsets, times);
    }

    private static void opens(RenamingDisk disk, Path path) throws IOException {
        try (var file = view(disk, path).open()) {
            assertEquals(SIZE, file.sizeBytes());
        }
    }

    @Test
    void aSegmentThatIsDroppedJustThenIsFoundByItsNewName() throws IOException {
        opens(new RenamingDisk(LOG, List.of(DELETED)), LOG);
    }

    @Test
    void aCompactedSegmentThatIsSettledAndDroppedJustThenIsFound() throws IOException {
        opens(new RenamingDisk(SWAP, List.of(LOG, DELETED)), SWAP);
    }

    @Test
    void anotherSegmentThatHasTheNameByNowIsNotTakenForIt() throws IOException {
        var disk = new RenamingDisk(LOG, List.of(DELETED));
        disk.goOn();
        disk.write(LOG, SIZE - 1);
        opens(disk, LOG);
    }

    @Test
    void aSegmentThatIsGoneIsGone() throws IOException {
        var disk = new RenamingDisk(LOG, List.of());
        disk.delete(LOG);
        assertThrows(NoSuchFileException.class, () -> view(disk, LOG).open());
    }
}
