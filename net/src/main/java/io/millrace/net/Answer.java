package io.millrace.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/// What leaves for one request: whole bytes (the 4-byte size included), and places in files between them.
///
/// An answer is used once and belongs to the connection from the moment its promise is kept: positions of its
/// buffers move while they are sent.
public final class Answer {

    /// Nothing is sent.
    public static final Answer NONE = new Answer(List.of());

    private final List<Part> parts;
    private final long heldBytes;

    private Answer(List<Part> parts) {
        this.parts = parts;
        long bytes = 0;
        for (var part : parts) {
            if (part instanceof Bytes(ByteBuffer buffer)) bytes += buffer.remaining();
        }
        heldBytes = bytes;
    }

    /// The remaining bytes of one buffer.
    public static Answer of(ByteBuffer bytes) {
        return new Answer(List.of(new Bytes(bytes)));
    }

    /// The parts, one after the other.
    public static Answer of(List<Part> parts) {
        return new Answer(List.copyOf(parts));
    }

    /// What is sent, in order.
    public List<Part> parts() {
        return parts;
    }

    /// Memory that waits with this answer, in bytes: places hold none.
    public long heldBytes() {
        return heldBytes;
    }

    /// A piece of an answer.
    public sealed interface Part permits Bytes, Place {}

    /// The remaining bytes of a buffer, heap or direct.
    public record Bytes(ByteBuffer bytes) implements Part {}

    /// Bytes that are somewhere else, and go to the socket without being read.
    public non-sealed interface Place extends Part {

        /// What [#transferTo] has still to send.
        int remainingBytes();

        /// Sends what the socket takes now; returns how many bytes that was, 0 when it takes none.
        int transferTo(WritableByteChannel socket) throws IOException;

        /// Called once: when all is sent, or when the connection is gone.
        void release();
    }
}
