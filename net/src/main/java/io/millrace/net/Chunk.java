package io.millrace.net;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A piece of direct memory that frames are received into. It goes back to its pool when the last of its
/// holders has released it: the frames in it, the connection whose unread bytes lie in it, the loop that still
/// fills it.
///
/// Only its loop adds holders; any thread releases.
final class Chunk {

    private final ChunkPool pool;
    private final Memory memory;
    private final ByteBuffer bytes;
    private final AtomicInteger holders = new AtomicInteger(1);

    /// Where its capacity was taken from; null while a loop fills it. Set by the loop while it is a holder.
    private @Nullable ByteBudget budget;

    private boolean overdraft;

    Chunk(ChunkPool pool, Memory memory) {
        this.pool = pool;
        this.memory = memory;
        this.bytes = memory.bytes();
    }

    ByteBuffer bytes() {
        return bytes;
    }

    int capacity() {
        return bytes.capacity();
    }

    void hold() {
        holders.getAndIncrement();
    }

    /// Is the caller the only holder? Only the loop can ask, as nobody else adds holders.
    boolean isHeldOnce() {
        return holders.get() == 1;
    }

    void release() {
        int left = holders.decrementAndGet();
        assert left >= 0 : "released more often than held";
        if (left == 1) pool.onLastHolder();
        if (left == 0) free();
    }

    void charge(ByteBudget to, boolean overdrawn) {
        budget = to;
        overdraft = overdrawn;
    }

    /// Hands the right to overdraw to the chunk that replaces this one.
    boolean passOverdraft() {
        boolean had = overdraft;
        overdraft = false;
        return had;
    }

    private void free() {
        try {
            pool.giveBack(memory);
        } finally {
            if (budget != null) budget.give(bytes.capacity());
            if (budget != null && overdraft) budget.endOverdraft();
        }
    }
}
