package io.millrace.net;

import java.nio.ByteBuffer;

/// The bytes of one request, in the memory they were received into.
public interface Frame {

    /// A view of the bytes: big-endian, writable (batches are stamped in place), always the same object. Not to
    /// be touched after [#release].
    ByteBuffer bytes();

    /// Gives the memory back. Exactly once, on any thread.
    ///
    /// @throws IllegalStateException when it was released before
    void release();
}
