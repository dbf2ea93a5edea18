package io.millrace.folder;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The write-ahead log of a data folder: a few files (`write-ahead.0`, `write-ahead.1`, ...) into which
/// small appends to many partitions are copied, so that one sync makes all of them durable.
///
/// What holds after every method:
/// 1. Every frame from `oldestNumber` on is in the files; those before it may be written over.
/// 2. A file is used again, from its start, only when all of its frames have been released. So what is
///    written lies in blocks that the file has already, and a sync costs no change of the file system's
///    own records.
///
/// Used by one thread at a time.
public final class WriteAheadLog {

    public static final String PREFIX = "write-ahead.";

    /// One file, and the last frame in it.
    private static final class WalFile {
        final DiskFile file;
        long endBytes;
        long lastNumber;

        WalFile(DiskFile file) {
            this.file = file;
        }
    }

    private final Disk disk;
    private final Path dir;
    private final CommitLimits limits;
    private final WalFrame frame;
    private final ArrayDeque<WalFile> free = new ArrayDeque<>();
    private final ArrayDeque<WalFile> full = new ArrayDeque<>();
    private final List<WalFile> unsynced = new ArrayList<>();
    private WalFile current;
    private int files;
    private long nextNumber;
    private long syncedNumber;
    private long oldestNumber;

    /// Goes on behind what [WalReplay] found and applied: nothing before `firstNumber` is needed
    /// any more.
    ///
    /// @param found the files there are, those with the oldest frames first
    WriteAheadLog(Disk disk, Path dir, CommitLimits limits, List<Path> found, long firstNumber) throws IOException {
        this.disk = disk;
        this.dir = dir;
        this.limits = limits;
        this.frame = new WalFrame(limits.frameBytes());
        this.nextNumber = firstNumber;
        this.syncedNumber = firstNumber - 1;
        this.oldestNumber = firstNumber;
        for (var path : found) free.add(new WalFile(disk.openToAppend(path)));
        this.files = found.size();
        this.current = free.isEmpty() ? create() : free.poll();
        if (!found.isEmpty()) reset();
    }

    /// Nothing up to now is needed any more, and the disk knows it.
    void reset() throws IOException {
        release(nextNumber - 1);
        flush();
        sync();
    }

    private WalFile create() throws IOException {
        int number = 0;
        while (disk.exists(dir.resolve(PREFIX + number))) number++;
        var file = disk.openToAppend(dir.resolve(PREFIX + number));
        try {
            disk.syncDirectory(dir);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        files++;
        return new WalFile(file);
    }

    /// The number of the frame that holds what is added next, or of a later one.
    long nextNumber() {
        return nextNumber;
    }

    /// Adds what lies at this place of a segment; the bytes are read now.
    void data(byte[] log, DiskFile segment, long baseOffset, int positionBytes, int lengthBytes, long endOffset)
            throws IOException {
        makeRoom(log, lengthBytes);
        frame.data(log, segment, baseOffset, positionBytes, lengthBytes, endOffset);
    }

    void synced(byte[] log, long endOffset) throws IOException {
        makeRoom(log, 0);
        frame.synced(log, endOffset);
    }

    void cut(byte[] log, long baseOffset, int positionBytes, long endOffset) throws IOException {
        makeRoom(log, 0);
        frame.cut(log, baseOffset, positionBytes, endOffset);
    }

    void gone(byte[] log) throws IOException {
        makeRoom(log, 0);
        frame.gone(log);
    }

    private void makeRoom(byte[] log, int dataBytes) throws IOException {
        if (!frame.hasRoom(log, dataBytes)) flush();
    }

    /// Makes durable what was added.
    void sync() throws IOException {
        if (!frame.isEmpty()) flush();
        for (var one : unsynced) one.file.sync();
        unsynced.clear();
        syncedNumber = nextNumber - 1;
    }

    /// What was added and not written is not wanted any more: the disk had no space for it. A part of it
    /// that was written is no whole frame, and the next one takes its place.
    void forgetUnwritten() {
        frame.clear();
    }

    private void flush() throws IOException {
        var bytes = frame.seal(nextNumber, syncedNumber, oldestNumber);
        if (current.endBytes + bytes.remaining() > limits.fileBytes()) next();
        int size = bytes.remaining();
        current.file.write(bytes, current.endBytes);
        current.endBytes += size;
        current.lastNumber = nextNumber;
        if (!unsynced.contains(current)) unsynced.add(current);
        nextNumber++;
        frame.clear();
    }

    private void next() throws IOException {
        var next = free.isEmpty() ? create() : free.poll();
        full.add(current);
        current = next;
    }

    /// Whether there would be too many files if another one were needed.
    boolean isFull() {
        return free.isEmpty() && files >= limits.mostFiles();
    }

    /// Whether there are too many files already.
    boolean isOverfull() {
        return full.size() > limits.mostFiles();
    }

    /// How many files wait to be released.
    int fullFiles() {
        return full.size();
    }

    /// The last frame of the newest file that is full; before all frames when none is.
    long newestFull() {
        return full.isEmpty() ? -1 : full.getLast().lastNumber;
    }

    /// Nothing up to frame `number` is needed any more.
    void release(long number) {
        oldestNumber = Math.max(oldestNumber, number + 1);
        while (!full.isEmpty() && full.getFirst().lastNumber < oldestNumber) {
            var file = full.poll();
            file.endBytes = 0;
            free.add(file);
        }
    }

    /// Bytes of frames that may still be needed.
    long sizeBytes() {
        long bytes = current.endBytes;
        for (var file : full) bytes += file.endBytes;
        return bytes;
    }

    void close() throws IOException {
        current.file.close();
        for (var file : free) file.file.close();
        for (var file : full) file.file.close();
    }
}
