package io.millrace.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// An index file, read whole: pairs of a key and a value, both rising.
///
/// An offset index pairs an offset with a position in the log; a time index pairs a timestamp with an offset. Room
/// that a broker set aside at the end of the file is zero, and left out.
final class IndexEntries {

    private static final int OFFSET_ENTRY_BYTES = 8;
    private static final int TIME_ENTRY_BYTES = 12;
    private static final long MAX_BYTES = 1L << 28;

    private final Path file;
    private final long[] keys;
    private final long[] values;
    private final int spareBytes;

    private IndexEntries(Path file, long[] keys, long[] values, int spareBytes) {
        this.file = file;
        this.keys = keys;
        this.values = values;
        this.spareBytes = spareBytes;
    }

    /// Stands for a file that is missing.
    static IndexEntries none(Path file) {
        return new IndexEntries(file, new long[0], new long[0], 0);
    }

    Path file() {
        return file;
    }

    int count() {
        return keys.length;
    }

    /// Of entry `i`: an offset, or milliseconds since 1970.
    long key(int i) {
        return keys[i];
    }

    /// Of entry `i`: a position in bytes, or an offset.
    long value(int i) {
        return values[i];
    }

    /// Bytes at the end that do not make up an entry; 0 in a whole file.
    int spareBytes() {
        return spareBytes;
    }

    /// @param baseOffset of the segment; added to what the file says
    static IndexEntries offsets(Path file, long baseOffset) throws IOException {
        var bytes = read(file);
        int room = bytes.remaining() / OFFSET_ENTRY_BYTES;
        int spare = bytes.remaining() % OFFSET_ENTRY_BYTES;
        var keys = new long[room];
        var values = new long[room];
        int count = 0;
        while (count < room) {
            int relative = bytes.getInt();
            int position = bytes.getInt();
            if (relative == 0 && position == 0 && restIsZero(bytes)) break;
            keys[count] = baseOffset + relative;
            values[count++] = position;
        }
        return new IndexEntries(file, Arrays.copyOf(keys, count), Arrays.copyOf(values, count), spare);
    }

    /// @param baseOffset of the segment; added to what the file says
    static IndexEntries times(Path file, long baseOffset) throws IOException {
        var bytes = read(file);
        int room = bytes.remaining() / TIME_ENTRY_BYTES;
        int spare = bytes.remaining() % TIME_ENTRY_BYTES;
        var keys = new long[room];
        var values = new long[room];
        int count = 0;
        while (count < room) {
            long timestampMs = bytes.getLong();
            int relative = bytes.getInt();
            if (timestampMs == 0 && relative == 0 && restIsZero(bytes)) break;
            keys[count] = timestampMs;
            values[count++] = baseOffset + relative;
        }
        return new IndexEntries(file, Arrays.copyOf(keys, count), Arrays.copyOf(values, count), spare);
    }

    private static boolean restIsZero(ByteBuffer bytes) {
        for (int at = bytes.position(); at < bytes.limit(); at++) {
            if (bytes.get(at) != 0) return false;
        }
        return true;
    }

    private static ByteBuffer read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) throw new IOException(file + " is " + Sizes.of(size) + ", too large for an index");
        return ByteBuffer.wrap(Files.readAllBytes(file));
    }
}
