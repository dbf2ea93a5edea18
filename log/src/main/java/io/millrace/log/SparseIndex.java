package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Entries of one size in ascending order of a key: the older ones in a file, the newest still
/// in memory.
///
/// What holds after every method:
/// 1. The index is the first `written` entries of the file, then the tail. More bytes in the file do
///    not count.
/// 2. No entry is lost while the object lives; a crash loses at most the tail, and recovery adds
///    it again.
/// 3. Memory is bounded: a tail of at most [#PAGE_BYTES], and one page of the file.
///
/// The file is opened for each access and not held open; a page serves thousands of look-ups.
abstract class SparseIndex {

    /// A multiple of both entry sizes, so that entries do not straddle pages.
    static final int PAGE_BYTES = 24 * 682;

    private static final int FIRST_TAIL_BYTES = 24 * 16;

    private final Disk disk;
    private Path path;
    private final int entryBytes;
    private final int pageEntries;
    private int written;
    private ByteBuffer tail = ByteBuffer.allocate(0);
    private @Nullable ByteBuffer page;
    private int pageFirst;
    private int pageCount;

    /// @param written how many entries of the file count
    SparseIndex(Disk disk, Path path, int entryBytes, int written) {
        this.disk = disk;
        this.path = path;
        this.entryBytes = entryBytes;
        this.pageEntries = PAGE_BYTES / entryBytes;
        this.written = written;
    }

    /// The key of the entry that begins at `at`.
    abstract long key(ByteBuffer from, int at);

    final int count() {
        return written + tailCount();
    }

    /// How many entries are in memory only.
    final int tailCount() {
        return tail.position() / entryBytes;
    }

    final long sizeBytes() {
        return (long) count() * entryBytes;
    }

    final Path path() {
        return path;
    }

    /// The file has another name now.
    final void renamed(Path newPath) {
        path = newPath;
    }

    final boolean tailIsFull() {
        return tail.position() + entryBytes > PAGE_BYTES;
    }

    /// The tail, with room for one more entry.
    final ByteBuffer room() throws IOException {
        if (tail.remaining() < entryBytes) {
            if (tailIsFull()) {
                write();
            } else {
                int larger = Math.min(PAGE_BYTES, Math.max(FIRST_TAIL_BYTES, tail.capacity() * 2));
                tail = ByteBuffer.allocate(larger).put(tail.flip());
            }
        }
        return tail;
    }

    /// Appends the tail to the file.
    final void write() throws IOException {
        if (tail.position() == 0) return;
        try (var file = disk.openToAppend(path)) {
            long end = (long) written * entryBytes;
            if (file.sizeBytes() != end) file.truncate(end);
            int added = tailCount();
            file.append(new ByteBuffer[] {tail.flip()}, 1);
            written += added;
            tail.clear();
        }
    }

    /// A copy of the entries that are in memory only, and where they belong; empty when there are none.
    final Optional<Derived.IndexTail> tail() {
        if (tail.position() == 0) return Optional.empty();
        var copy = ByteBuffer.allocate(tail.position())
                .put(tail.duplicate().flip())
                .flip();
        return Optional.of(new Derived.IndexTail(path, (long) written * entryBytes, copy));
    }

    /// Writes the tail and cuts the file to what counts, so that it is complete on its own. Makes it
    /// when missing.
    final void finish() throws IOException {
        write();
        try (var file = disk.openToAppend(path)) {
            long end = (long) written * entryBytes;
            if (file.sizeBytes() != end) file.truncate(end);
        }
    }

    /// Keeps the first `entries` only.
    final void truncate(int entries) {
        if (entries >= count()) return;
        if (entries >= written) {
            tail.position((entries - written) * entryBytes);
        } else {
            tail.clear();
            written = entries;
            page = null;
        }
    }

    /// A copy that another thread may use: the same file, and the tail as it is now.
    final void copyTailTo(SparseIndex other) {
        other.tail = ByteBuffer.allocate(tail.position());
        other.tail.put(tail.duplicate().flip());
    }

    /// The last entry whose key is `key` or less; -1 when there is none.
    final int floor(long key) throws IOException {
        int inTail = tailCount();
        if (inTail > 0 && key(tail, 0) <= key) return written + floorIn(tail, inTail, key);
        if (written == 0) return -1;
        var here = page;
        if (here == null || !covers(here, key)) here = load(key);
        return pageFirst + floorIn(here, pageCount, key);
    }

    /// Where entry `index` lies: read it from `at(index)` of this buffer, before any other call.
    final ByteBuffer holding(int index) throws IOException {
        if (index >= written) return tail;
        var here = page;
        if (here == null || index < pageFirst || index >= pageFirst + pageCount) here = loadAt(index / pageEntries);
        return here;
    }

    final int at(int index) {
        return (index >= written ? index - written : index - pageFirst) * entryBytes;
    }

    private boolean covers(ByteBuffer here, long key) {
        boolean isLast = pageFirst + pageCount == written;
        boolean isFirst = pageFirst == 0;
        return (isFirst || key(here, 0) <= key) && (isLast || key < key(here, (pageCount - 1) * entryBytes));
    }

    private int floorIn(ByteBuffer entries, int count, long key) {
        int low = -1;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (key(entries, middle * entryBytes) <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// Finds the page by its first entries, then reads it whole.
    private ByteBuffer load(long key) throws IOException {
        int low = 0;
        int high = (written - 1) / pageEntries;
        try (var file = disk.openToRead(path)) {
            var entry = ByteBuffer.allocate(entryBytes);
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                readEntries(file, entry.clear(), middle * pageEntries);
                if (key(entry, 0) <= key) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return read(file, low);
        }
    }

    private ByteBuffer loadAt(int number) throws IOException {
        try (var file = disk.openToRead(path)) {
            return read(file, number);
        }
    }

    private ByteBuffer read(DiskFile file, int number) throws IOException {
        int first = number * pageEntries;
        int count = Math.min(pageEntries, written - first);
        var read = ByteBuffer.allocate(count * entryBytes);
        readEntries(file, read, first);
        page = read;
        pageFirst = first;
        pageCount = count;
        return read;
    }

    private void readEntries(DiskFile file, ByteBuffer into, int first) throws IOException {
        file.readFully(into, (long) first * entryBytes);
        if (into.hasRemaining())
            throw new IOException("index " + path + " is shorter than its " + written + " entries");
    }
}
