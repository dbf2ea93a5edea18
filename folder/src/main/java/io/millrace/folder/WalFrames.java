package io.millrace.folder;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The frames in the files of a write-ahead log, as a crash left them.
///
/// Those from the oldest needed one on count, as long as none is missing. One that is missing although a
/// later one says that it was on the disk is damage, and no end: what comes after counts all the same,
/// and the checksums of the batches will show what is missing.
public final class WalFrames {

    private static final Logger LOG = LoggerFactory.getLogger(WalFrames.class);

    /// Where a whole frame lies.
    private record Place(Path file, long positionBytes, WalFrame.Header header) {}

    /// Gets the entries of a frame, one after the other.
    interface Visitor {
        void visit(WalEntry entry) throws IOException;
    }

    private final Disk disk;
    private final List<Path> files;
    private final List<Place> needed;
    private final long lastNumber;

    private WalFrames(Disk disk, List<Path> files, List<Place> needed, long lastNumber) {
        this.disk = disk;
        this.files = files;
        this.needed = needed;
        this.lastNumber = lastNumber;
    }

    /// Looks for frames in the write-ahead log of the folder `dir`.
    static WalFrames find(Disk disk, Path dir) throws IOException {
        var all = new ArrayList<Place>();
        var files = new ArrayList<Path>();
        for (var name : disk.list(dir)) {
            if (!name.startsWith(WriteAheadLog.PREFIX)) continue;
            files.add(dir.resolve(name));
            find(disk, dir.resolve(name), all);
        }
        all.sort(Comparator.comparingLong(place -> place.header().number()));
        files.sort(Comparator.comparingLong(file -> newest(file, all)));
        long last = all.isEmpty() ? 0 : all.getLast().header().number();
        return new WalFrames(disk, files, needed(all), last);
    }

    private static long newest(Path file, List<Place> frames) {
        return frames.stream()
                .filter(place -> place.file().equals(file))
                .mapToLong(place -> place.header().number())
                .max()
                .orElse(0);
    }

    private static void find(Disk disk, Path path, List<Place> found) throws IOException {
        try (var file = disk.openToRead(path)) {
            var window = new Window(file);
            long position = 0;
            while (position < file.sizeBytes()) {
                var header = wholeFrame(window, position);
                if (header != null) found.add(new Place(path, position, header));
                position += header == null ? WalFrame.BLOCK_BYTES : header.blockBytes();
            }
        }
    }

    private static WalFrame.@Nullable Header wholeFrame(Window window, long position) throws IOException {
        var header = WalFrame.header(window.bytes(position, WalFrame.HEADER_BYTES));
        if (header == null) return null;
        var frame = window.bytes(position, header.lengthBytes());
        return frame.remaining() == header.lengthBytes() && WalFrame.isWhole(frame) ? header : null;
    }

    private static List<Place> needed(List<Place> all) {
        if (all.isEmpty()) return List.of();
        long synced = all.stream()
                .mapToLong(place -> place.header().syncedNumber())
                .max()
                .orElse(0);
        long next = all.getLast().header().oldestNumber();
        var needed = new ArrayList<Place>();
        for (var place : all) {
            long number = place.header().number();
            if (number < next) continue;
            if (number > next && next > synced) break;
            if (number > next) {
                LOG.error("the write-ahead log is damaged: frames {} to {} are missing from it", next, number - 1);
            }
            needed.add(place);
            next = number + 1;
        }
        return needed;
    }

    /// The files, those with the oldest frames first.
    List<Path> files() {
        return files;
    }

    /// The largest number of all frames, needed or not; 0 when there are none.
    long lastNumber() {
        return lastNumber;
    }

    /// Shows every entry of the frames that count, in their order.
    void read(Visitor visitor) throws IOException {
        @Nullable Path path = null;
        @Nullable DiskFile file = null;
        try {
            for (var place : needed) {
                if (file == null || !place.file().equals(path)) {
                    if (file != null) file.close();
                    path = place.file();
                    file = disk.openToRead(path);
                }
                var frame = ByteBuffer.allocate(place.header().lengthBytes());
                file.readFully(frame, place.positionBytes());
                for (var entry : WalFrame.entries(frame.flip())) visitor.visit(entry);
            }
        } finally {
            if (file != null) file.close();
        }
    }

    /// A moving view of a file.
    private static final class Window {

        private static final int MOST_WINDOW_BYTES = 1 << 20;

        private final DiskFile file;
        private ByteBuffer bytes;
        private long at;

        Window(DiskFile file) throws IOException {
            this.file = file;
            this.bytes = ByteBuffer.allocate((int) Math.min(MOST_WINDOW_BYTES, file.sizeBytes()))
                    .limit(0);
        }

        /// So many bytes from `position` on, fewer at the end of the file.
        ByteBuffer bytes(long position, int count) throws IOException {
            if (position < at || position + count > at + bytes.limit()) {
                if (count > bytes.capacity()) bytes = ByteBuffer.allocate(count);
                bytes.clear();
                file.readFully(bytes, position);
                bytes.flip();
                at = position;
            }
            int from = (int) (position - at);
            return bytes.slice(from, Math.min(count, bytes.limit() - from));
        }
    }
}
