package io.millrace.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// A place in a segment file, waiting to be sent. It holds no bytes: with a plain socket the kernel
/// moves them (`sendfile`), and Java never sees them.
///
/// Pins its file until [#release], which is called exactly once. May be used on any thread, by one at
/// a time.
public final class FileSlice {

    private final PinnedFile pinned;
    private long positionBytes;
    private int remainingBytes;
    private boolean released;

    public FileSlice(PinnedFile pinned, long positionBytes, int lengthBytes) {
        this.pinned = pinned.pin();
        this.positionBytes = positionBytes;
        this.remainingBytes = lengthBytes;
    }

    /// What is still to be sent.
    public int remainingBytes() {
        return remainingBytes;
    }

    /// Gives up everything past the next `maxBytes`.
    public void limit(int maxBytes) {
        remainingBytes = Math.min(remainingBytes, Math.max(0, maxBytes));
    }

    /// Sends what `to` takes now; returns how many bytes that were.
    ///
    /// @throws EOFException when the file was cut under the slice, so that its bytes can never be sent
    public int transferTo(WritableByteChannel to) throws IOException {
        int sent = (int) pinned.file().transferTo(positionBytes, remainingBytes, to);
        if (sent == 0 && remainingBytes > 0 && positionBytes >= pinned.file().sizeBytes()) throw cut();
        positionBytes += sent;
        remainingBytes -= sent;
        return sent;
    }

    /// The bytes themselves, for those who must see them (encryption, other formats). Nothing
    /// remains afterwards.
    public ByteBuffer readFully() throws IOException {
        var bytes = ByteBuffer.allocate(remainingBytes);
        if (pinned.file().readFully(bytes, positionBytes) < remainingBytes) throw cut();
        positionBytes += remainingBytes;
        remainingBytes = 0;
        return bytes.flip();
    }

    public void release() {
        if (released) throw new IllegalStateException("the slice was released before");
        released = true;
        pinned.unpin();
    }

    private EOFException cut() {
        return new EOFException("the segment ends before position " + (positionBytes + remainingBytes));
    }
}
