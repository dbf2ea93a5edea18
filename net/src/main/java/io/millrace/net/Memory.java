package io.millrace.net;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A piece of memory outside of the heap.
///
/// @param bytes all of it
/// @param arena frees it when it is asked to; null for small pieces, which the collector frees: what lies in an
///              arena costs a little more each time it is touched
record Memory(ByteBuffer bytes, @Nullable Arena arena) {

    private static final int LARGEST_COLLECTED_BYTES = 512 << 10;

    static Memory allocate(int bytes) {
        if (bytes <= LARGEST_COLLECTED_BYTES) return new Memory(ByteBuffer.allocateDirect(bytes), null);

        var arena = Arena.ofShared();
        boolean done = false;
        try {
            var memory = new Memory(arena.allocate(bytes).asByteBuffer(), arena);
            done = true;
            return memory;
        } finally {
            if (!done) arena.close();
        }
    }

    /// Gives the memory back to the system. Nobody may touch it any more.
    void free() {
        if (arena != null) arena.close();
    }
}
