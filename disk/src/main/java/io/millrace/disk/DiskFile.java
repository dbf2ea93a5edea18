package io.millrace.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// An open file. One thread appends; any number may read at the same time.
public interface DiskFile extends Closeable {

    /// How much is read at a time to [#touch] it.
    int TOUCH_BYTES = 64 << 10;

    long sizeBytes() throws IOException;

    /// Writes the rest of the first `count` buffers at the end of the file, all of it, in one go where
    /// the system can. After an exception the end of the file is undefined.
    void append(ByteBuffer[] buffers, int count) throws IOException;

    /// Writes all of `source` at `positionBytes`, over what is there; the file grows when that lies at
    /// its end or beyond, with zeros before it. The end at which [#append] goes on does not follow.
    /// After an exception the bytes in this place are undefined.
    void write(ByteBuffer source, long positionBytes) throws IOException;

    /// Reads into `target` from `positionBytes` on. Returns how much, which may be less than there is
    /// room for; -1 at the end of the file.
    int read(ByteBuffer target, long positionBytes) throws IOException;

    /// Gives up to `maxBytes` from `positionBytes` on to `to`, as much as it takes now; 0 is possible,
    /// at the end of the file too.
    long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) throws IOException;

    /// Brings these bytes into the page cache, as far as the file goes, and no others where that can be
    /// told to the system. Returns how many they are.
    default long touch(long positionBytes, long lengthBytes) throws IOException {
        var scratch = ByteBuffer.allocate((int) Math.min(TOUCH_BYTES, lengthBytes));
        long total = 0;
        while (total < lengthBytes) {
            scratch.clear().limit((int) Math.min(scratch.capacity(), lengthBytes - total));
            int read = readFully(scratch, positionBytes + total);
            if (read <= 0) break;
            total += read;
        }
        return total;
    }

    /// Makes everything written to the file, through whichever handle, survive a power cut.
    void sync() throws IOException;

    /// Cuts the file; the next append goes to its new end.
    void truncate(long sizeBytes) throws IOException;

    /// Reads until `target` is full or the file ends; returns how much was read.
    default int readFully(ByteBuffer target, long positionBytes) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = read(target, positionBytes + total);
            if (read < 0) break;
            total += read;
        }
        return total;
    }
}
