package io.millrace.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Bytes to frames, for one connection.
///
/// # Where bytes are while they wait
///
/// A read goes into the loop's shared chunk. Whole frames are handed out where they lie. What remains at the
/// end, a frame that is not complete, is put away, so that it holds no more memory than it should:
///
/// - less than 16 KiB: copied to the heap, exactly as much as came; the next read continues behind a copy of it;
/// - more: moved to a chunk of its own, of at most 64 KiB + twice what came or what the frame before had, into
///   which the rest is then received; it grows in such steps. An announced size alone takes nothing.
///
/// After a large frame the next one is expected to be large too: little is read of it before it has its chunk, so
/// that hardly anything of it is copied.
///
/// Whole frames that may not be handed out yet (the connection is at its limit) stay where they are; the sweep
/// puts them away too, should they stay for long.
///
/// # What all requests together hold
///
/// `maxRequestBytesTotal` is parted: three quarters for chunks of single frames, one quarter for shared chunks
/// that are full and for the heap. When a part is taken, connections that need of it are not read until
/// something is released, and are then tried in the order in which they were refused; none is closed for it.
/// While the large part is nearly taken, reads are small, so that small requests go on and large ones wait for
/// their memory before more of them is read. One large frame at a time may go past the limit, so there is
/// always one that can be completed. Past the total there can be: that frame, one shared chunk (512 KiB) per
/// loop, and 16 KiB for each connection that was read just before the limit was reached.
final class Inbound {

    /// What [#receive] says when there is no memory to read into.
    static final int STARVED = -2;

    private static final int SIZE_BYTES = 4;
    private static final int SAVED_MAX_BYTES = 16 << 10;
    private static final int READ_MAX_BYTES = 1 << 20;
    private static final byte[] NOTHING = {};

    private final SocketConnection connection;
    private final ChunkPool pool;
    private final int maxFrameBytes;

    /// Bytes that are here and not handed out: in `saved`, or in `chunk` from `first` to `end`, never both.
    private byte[] saved = NOTHING;

    private @Nullable Chunk chunk;
    private int first;
    private int end;

    /// The chunk has the beginning of one frame from 0 on, and the rest of it can be received there.
    private boolean own;

    /// The chunk has frames that are whole and could not be handed out.
    private boolean whole;

    private final ByteBuffer[] pair = new ByteBuffer[2];
    private boolean parsing;
    private long receivedBytes;
    private long frames;
    private int lastTotalBytes;

    Inbound(SocketConnection connection, ChunkPool pool, int maxFrameBytes) {
        this.connection = connection;
        this.pool = pool;
        this.maxFrameBytes = maxFrameBytes;
    }

    /// Reads once and hands out the frames that are whole. Returns the bytes read, 0 when there were none, -1
    /// at the end of the stream, or [#STARVED].
    int receive(Transport transport) throws IOException {
        assert !whole : "read although frames wait";
        var waiting = chunk;
        if (waiting == null) {
            if (!pool.isTight() || !isSavedLarge()) return receiveShared(transport);
            waiting = savedToOwn();
        } else if (!own || end == waiting.capacity()) {
            waiting = moveToOwn(waiting, first, end);
        }
        return waiting == null ? STARVED : receiveOwn(transport, waiting);
    }

    /// Hands out frames that had to wait.
    void resume() {
        if (chunk != null && whole) settle(chunk, handOut(chunk, first, end), end, true);
    }

    /// Puts frames that have to wait where they hold no other connection's memory.
    void pack() {
        if (chunk == null || !whole) return;
        int fitting = ChunkPool.fitting(end - first, end - first);
        if (fitting < chunk.capacity() && moveTo(pool.own(fitting, null), chunk, first, end) != null) own = false;
    }

    /// Gives back all memory, once the frame that is being handed out returns.
    void drop() {
        if (parsing) return;
        if (chunk != null) chunk.release();
        chunk = null;
        whole = false;
        save(NOTHING);
    }

    /// Do whole frames wait to be handed out?
    boolean hasWhole() {
        return whole;
    }

    /// Has a frame begun that is not complete?
    boolean isInsideFrame() {
        return saved.length > 0 || (chunk != null && !whole);
    }

    long receivedBytes() {
        return receivedBytes;
    }

    /// How many frames were handed out.
    long frames() {
        return frames;
    }

    private int receiveShared(Transport transport) throws IOException {
        int before = saved.length;
        var into = pool.shared(before + ChunkPool.MIN_ROOM_BYTES);
        if (into == null) return STARVED;
        int at = pool.position();
        var bytes = into.bytes().clear();
        bytes.put(at, saved, 0, before);
        bytes.limit(readsLittle() ? at + before + SAVED_MAX_BYTES : wholeFrames(at, bytes.capacity()));
        int read = transport.read(bytes.position(at + before));
        bytes.clear();
        if (read <= 0) return read;

        receivedBytes += read;
        save(NOTHING);
        takeShared(into, at, at + before + read);
        return read;
    }

    /// Receives the rest of a large frame where it belongs and, in the same read, what follows into the shared
    /// chunk: few large reads cost less than many.
    private int receiveOwn(Transport transport, Chunk into) throws IOException {
        var bytes = into.bytes().clear();
        int total = SIZE_BYTES + bytes.getInt(0);
        int until = Math.min(Math.min(total, into.capacity()) - end, READ_MAX_BYTES) + end;
        bytes.limit(until).position(end);
        var next = until == total && !readsLittle() ? pool.shared(ChunkPool.MIN_ROOM_BYTES) : null;
        int at = pool.position();
        int read = next == null
                ? transport.read(bytes)
                : transport.read(pair(
                        bytes,
                        next.bytes()
                                .clear()
                                .limit(wholeFrames(at, next.capacity()))
                                .position(at)));
        bytes.clear();
        if (next != null) next.bytes().clear();
        if (read <= 0) return read;

        receivedBytes += read;
        int beyond = Math.max(0, end + read - until);
        end += read - beyond;
        settle(into, handOut(into, 0, end), end, true);
        if (next != null && beyond > 0 && !connection.isClosed()) takeShared(next, at, at + beyond);
        return read;
    }

    /// Where a read that begins at `at` is to end: large frames are often as long as the one before, and a read
    /// that ends with a frame leaves nothing to be moved.
    private int wholeFrames(int at, int capacity) {
        int room = capacity - at;
        return lastTotalBytes < SAVED_MAX_BYTES || lastTotalBytes > room ? capacity : capacity - room % lastTotalBytes;
    }

    /// Whether to read little of the next frame before it has its chunk: memory is short, or it is likely to be
    /// large, and all that was read of it would be copied.
    private boolean readsLittle() {
        return pool.isTight() || lastTotalBytes > ChunkPool.MIN_ROOM_BYTES;
    }

    private ByteBuffer[] pair(ByteBuffer one, ByteBuffer other) {
        pair[0] = one;
        pair[1] = other;
        return pair;
    }

    /// Deals with bytes that were received into the shared chunk.
    private void takeShared(Chunk from, int begin, int last) {
        pool.used(last);
        int rest = handOut(from, begin, last);
        settle(from, rest, last, false);
        if (chunk != from) pool.used(rest);
    }

    /// Hands out whole frames between `from` and `to`, as long as the connection may take them. Returns where the
    /// first byte is that was not handed out.
    private int handOut(Chunk source, int from, int to) {
        var bytes = source.bytes();
        int at = from;
        parsing = true;
        try {
            while (to - at >= SIZE_BYTES && connection.mayTake()) {
                int size = bytes.getInt(at);
                if (size < 0 || size > maxFrameBytes) {
                    connection.end(
                            CloseReason.FRAME_SIZE, "a frame of " + size + " bytes; the limit is " + maxFrameBytes);
                    break;
                }
                if (to - at - SIZE_BYTES < size) break;
                frames++;
                lastTotalBytes = SIZE_BYTES + size;
                connection.take(new ReceivedFrame(source, at + SIZE_BYTES, size));
                at += SIZE_BYTES + size;
            }
        } finally {
            parsing = false;
        }
        return at;
    }

    /// Decides where the bytes between `from` and `to` wait.
    ///
    /// @param held this connection holds `source` already
    private void settle(Chunk source, int from, int to, boolean held) {
        int bytes = to - from;
        whole = false;
        if (bytes == 0 || connection.isClosed()) {
            leave(held);
        } else if (isWhole(source, from, to)) {
            keepIn(source, from, to, held);
            whole = true;
        } else if (held && own && from == 0) {
            end = to;
        } else if (bytes < (pool.isTight() ? 2 * SAVED_MAX_BYTES : SAVED_MAX_BYTES)) {
            var copy = new byte[bytes];
            source.bytes().get(from, copy);
            leave(held);
            save(copy);
        } else {
            keepIn(source, from, to, held);
            moveToOwn(source, from, to);
        }
    }

    private void keepIn(Chunk source, int from, int to, boolean held) {
        if (!held) source.hold();
        chunk = source;
        first = from;
        end = to;
        own = false;
    }

    private void leave(boolean held) {
        if (held && chunk != null) chunk.release();
        chunk = null;
        own = false;
    }

    /// Moves the beginning of a frame to a chunk that fits it; null, and all stays as it is, when there is none.
    private @Nullable Chunk moveToOwn(Chunk source, int from, int to) {
        int total = SIZE_BYTES + source.bytes().getInt(from);
        int fitting = ChunkPool.fitting(Math.max(to - from, lastTotalBytes), total);
        return moveTo(pool.own(fitting, source), source, from, to);
    }

    private @Nullable Chunk moveTo(@Nullable Chunk target, Chunk source, int from, int to) {
        if (target == null) return null;
        target.bytes().clear().put(0, source.bytes(), from, to - from);
        source.release();
        chunk = target;
        first = 0;
        end = to - from;
        own = true;
        return target;
    }

    private @Nullable Chunk savedToOwn() {
        var target = pool.own(ChunkPool.fitting(saved.length, SIZE_BYTES + sizeOf(saved)), null);
        if (target == null) return null;
        target.bytes().clear().put(0, saved);
        chunk = target;
        first = 0;
        end = saved.length;
        own = true;
        save(NOTHING);
        return target;
    }

    private void save(byte[] bytes) {
        pool.countSaved(bytes.length - saved.length);
        saved = bytes;
    }

    private boolean isSavedLarge() {
        return saved.length >= SIZE_BYTES && sizeOf(saved) > SAVED_MAX_BYTES;
    }

    private static boolean isWhole(Chunk source, int from, int to) {
        int bytes = to - from;
        return bytes >= SIZE_BYTES && bytes - SIZE_BYTES >= source.bytes().getInt(from);
    }

    private static int sizeOf(byte[] begun) {
        return ByteBuffer.wrap(begun).getInt();
    }
}
