package io.millrace.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/// A frame where it was received: a view of a part of a chunk, which it holds until it is released.
final class ReceivedFrame implements Frame {

    private static final VarHandle RELEASED;

    static {
        try {
            RELEASED = MethodHandles.lookup().findVarHandle(ReceivedFrame.class, "released", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Chunk chunk;
    private final ByteBuffer bytes;

    @SuppressWarnings("UnusedVariable") // through RELEASED
    private volatile boolean released;

    ReceivedFrame(Chunk chunk, int first, int sizeBytes) {
        this.chunk = chunk;
        this.bytes = chunk.bytes().slice(first, sizeBytes);
        chunk.hold();
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void release() {
        if (!releaseIfHeld()) throw new IllegalStateException("the frame was released before");
    }

    /// Releases it, unless that was done before.
    boolean releaseIfHeld() {
        if (!RELEASED.compareAndSet(this, false, true)) return false;
        chunk.release();
        return true;
    }
}
