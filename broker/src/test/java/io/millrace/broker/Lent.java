package io.millrace.broker;

import io.millrace.net.Frame;
import java.nio.ByteBuffer;

/// The bytes of a request, which are to be given back exactly once.
final class Lent implements Frame {

    private final ByteBuffer bytes;
    private boolean isReleased;

    Lent(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    boolean isReleased() {
        return isReleased;
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void release() {
        if (isReleased) throw new IllegalStateException("the frame was released before");
        isReleased = true;
    }
}
