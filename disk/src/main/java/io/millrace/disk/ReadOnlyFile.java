package io.millrace.disk;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// A file that was opened to look at its bytes, and for nothing else.
abstract class ReadOnlyFile implements DiskFile {

    @Override
    public final void append(ByteBuffer[] buffers, int count) {
        throw refused();
    }

    @Override
    public final void write(ByteBuffer source, long positionBytes) {
        throw refused();
    }

    @Override
    public final long transferTo(long positionBytes, long maxBytes, WritableByteChannel to) {
        throw refused();
    }

    @Override
    public final void sync() {
        throw refused();
    }

    @Override
    public final void truncate(long sizeBytes) {
        throw refused();
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("the file was opened to look at its bytes");
    }
}
