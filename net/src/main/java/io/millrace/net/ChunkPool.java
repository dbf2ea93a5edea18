package io.millrace.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The receive memory of one loop.
///
/// There is one shared chunk that all connections of the loop are read into, one after the other; it costs
/// nothing from the budget until it is full and still held. A frame that is large and incomplete gets a chunk
/// of its own. Memory up to 2 MiB a piece is kept for the next time, as much as was in use lately: new memory
/// costs more than what is done with it. Larger pieces are freed at once.
///
/// Loop thread only, except for what a [Chunk] calls when it is released.
final class ChunkPool {

    /// Size of the shared chunk, in bytes.
    static final int SHARED_BYTES = 512 << 10;

    /// A read into the shared chunk has at least this room, in bytes.
    static final int MIN_ROOM_BYTES = 256 << 10;

    private static final int SMALLEST_SHIFT = 14;
    private static final int LARGEST_KEPT_BYTES = 2 << 20;
    private static final long MAX_IDLE_BYTES = 64 << 20;

    private final Loop loop;
    private final ByteBudget small;
    private final ByteBudget large;
    private final Runnable onFree;
    private final List<ArrayDeque<Memory>> idle = new ArrayList<>();
    private final ConcurrentLinkedQueue<Memory> comingBack = new ConcurrentLinkedQueue<>();
    private long idleBytes;

    /// The least that was idle since the last [#trim].
    private long leastIdleBytes;

    private @Nullable Chunk shared;
    private int position;
    private volatile boolean sharedWanted;

    /// @param small  for shared chunks that are full
    /// @param large  for chunks of single frames
    /// @param onFree told, on any thread, that it is worth asking again for what was refused
    ChunkPool(Loop loop, ByteBudget small, ByteBudget large, Runnable onFree) {
        this.loop = loop;
        this.small = small;
        this.large = large;
        this.onFree = onFree;
        for (int i = 0; i <= upper(LARGEST_KEPT_BYTES); i++) idle.add(new ArrayDeque<>());
    }

    /// The shared chunk, with room for `bytes` after [#position]; null when memory must come back first.
    @Nullable
    Chunk shared(int bytes) {
        var chunk = shared;
        if (chunk != null && !chunk.isHeldOnce()) {
            if (chunk.capacity() - position >= bytes) return chunk;
            if (small.take(SHARED_BYTES)) {
                shared = null;
                chunk.charge(small, false);
                chunk.release();
                chunk = null;
            } else {
                sharedWanted = true;
                if (!chunk.isHeldOnce()) return null; // else it was released before `sharedWanted` was seen
            }
        }
        if (chunk == null) chunk = shared = new Chunk(this, pooled(SHARED_BYTES));
        position = 0;
        return chunk;
    }

    /// Where the next bytes go in the shared chunk.
    int position() {
        return position;
    }

    /// Says that the shared chunk is in use up to `end`.
    void used(int end) {
        position = end;
    }

    /// A chunk for one frame; null when memory must come back first.
    ///
    /// @param replaced the chunk whose bytes go into the new one, if there is one
    @Nullable
    Chunk own(int bytes, @Nullable Chunk replaced) {
        boolean overdraft = replaced != null && replaced.passOverdraft();
        if (overdraft) {
            large.force(bytes);
        } else if (!large.take(bytes)) {
            overdraft = large.overdraw(bytes);
            if (!overdraft) return null;
        }
        boolean done = false;
        try {
            var chunk = new Chunk(this, bytes <= LARGEST_KEPT_BYTES ? pooled(bytes) : Memory.allocate(bytes));
            chunk.charge(large, overdraft);
            done = true;
            return chunk;
        } finally {
            if (!done) {
                large.give(bytes);
                if (overdraft) large.endOverdraft();
            }
        }
    }

    /// Counts bytes that a connection keeps in the heap.
    void countSaved(int bytes) {
        if (bytes > 0) small.force(bytes);
        if (bytes < 0) small.give(-bytes);
    }

    /// Large frames can hardly get memory: read little, so that nothing large begins.
    boolean isTight() {
        return large.isShortOf(SHARED_BYTES);
    }

    /// How much memory a frame of `total` bytes gets when `received` of them are here: all it needs, if that is
    /// not more than 64 KiB beyond twice what was received.
    static int fitting(int received, int total) {
        long most = (64L << 10) + 2L * received;
        if (total > LARGEST_KEPT_BYTES) {
            if (most >= total) return total;
            return most > LARGEST_KEPT_BYTES ? (int) most : size(lower((int) most));
        }
        int whole = size(upper(total));
        return whole <= most ? whole : size(lower((int) most));
    }

    /// A chunk is held by one holder only: if that is the loop, its shared chunk can be filled again.
    void onLastHolder() {
        if (!sharedWanted) return;
        sharedWanted = false;
        onFree.run();
    }

    /// Takes memory back, for the next time if it is worth keeping. Any thread.
    void giveBack(Memory memory) {
        if (memory.bytes().capacity() > LARGEST_KEPT_BYTES) {
            memory.free();
        } else if (loop.isHere()) {
            store(memory);
        } else {
            comingBack.add(memory);
        }
    }

    /// Frees what was not in use at any time since this was called last.
    void trim() {
        storeAll();
        long spare = leastIdleBytes;
        for (int kind = idle.size() - 1; kind >= 0; kind--) {
            var kept = idle.get(kind);
            while (!kept.isEmpty() && size(kind) <= spare) {
                spare -= size(kind);
                idleBytes -= size(kind);
                kept.removeFirst().free();
            }
        }
        leastIdleBytes = idleBytes;
    }

    /// What is kept for the next time.
    long idleBytes() {
        return idleBytes;
    }

    private Memory pooled(int bytes) {
        storeAll();
        int kind = upper(bytes);
        var kept = idle.get(kind).pollLast();
        if (kept == null) return Memory.allocate(size(kind));
        idleBytes -= size(kind);
        leastIdleBytes = Math.min(leastIdleBytes, idleBytes);
        kept.bytes().clear();
        return kept;
    }

    private void storeAll() {
        for (var back = comingBack.poll(); back != null; back = comingBack.poll()) store(back);
    }

    private void store(Memory memory) {
        int bytes = memory.bytes().capacity();
        if (idleBytes + bytes > MAX_IDLE_BYTES) {
            memory.free();
            return;
        }
        idleBytes += bytes;
        idle.get(upper(bytes)).addLast(memory);
    }

    /// The kind of the smallest pooled size that holds `bytes`. Sizes begin at 16 KiB, four for each doubling.
    private static int upper(int bytes) {
        int below = Integer.highestOneBit(Math.max(bytes, 1 << SMALLEST_SHIFT) - 1);
        int step = below / 4;
        int quarters = (Math.max(bytes, 1 << SMALLEST_SHIFT) - below + step - 1) / step;
        return (Integer.numberOfTrailingZeros(below) - SMALLEST_SHIFT) * 4 + quarters;
    }

    /// The kind of the largest pooled size that is not above `bytes`.
    private static int lower(int bytes) {
        int below = Integer.highestOneBit(Math.min(bytes, LARGEST_KEPT_BYTES));
        int quarters = (Math.min(bytes, LARGEST_KEPT_BYTES) - below) / (below / 4);
        return (Integer.numberOfTrailingZeros(below) - SMALLEST_SHIFT) * 4 + quarters;
    }

    private static int size(int kind) {
        int below = 1 << (SMALLEST_SHIFT + kind / 4);
        return below + kind % 4 * (below / 4);
    }
}
