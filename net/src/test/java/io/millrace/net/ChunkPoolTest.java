package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ChunkPoolTest {

    private static final int SHARED = ChunkPool.SHARED_BYTES;

    private final AtomicInteger told = new AtomicInteger();
    private final ByteBudget small = new ByteBudget(SHARED);
    private final ByteBudget large = new ByteBudget(4 << 20);
    private final EventLoop loop = new EventLoop(0, () -> 0, new Quiet(), failure -> {
        throw new AssertionError(failure);
    });
    private final ChunkPool pool = new ChunkPool(loop, small, large, told::incrementAndGet);

    @Test
    void aFrameGetsWhatItNeedsOrTwiceWhatCame() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            int total = 2 + random.nextInt(1 << (1 + random.nextInt(27)));
            int received = 1 + random.nextInt(total - 1);
            int fitting = ChunkPool.fitting(received, total);
            assertTrue(fitting > received, () -> received + " of " + total + " -> " + fitting);
            assertTrue(fitting <= 2L * received + (64 << 10), () -> received + " of " + total + " -> " + fitting);
            assertTrue(
                    fitting <= Math.max(total * 1.25 + 1, 16 << 10),
                    () -> received + " of " + total + " -> " + fitting);
        }
    }

    @Test
    void theSharedChunkBeginsAnewWhenNobodyHoldsIt() {
        var chunk = shared();
        pool.used(SHARED);
        assertSame(chunk, shared());
        assertEquals(0, pool.position());
        assertEquals(0, small.takenBytes());
    }

    @Test
    void aFullSharedChunkIsPaidForWhileItIsHeld() {
        var first = shared();
        first.hold();
        pool.used(SHARED);
        var second = shared();
        assertNotSame(first, second);
        assertEquals(SHARED, small.takenBytes());

        second.hold();
        pool.used(SHARED);
        assertNull(pool.shared(ChunkPool.MIN_ROOM_BYTES), "the budget has one");
        assertEquals(0, told.get());
        second.release();
        assertEquals(1, told.get());
        assertSame(second, shared());

        first.release();
        assertEquals(0, small.takenBytes());
    }

    @Test
    void oneFrameMayOverdraw() {
        var all = pool.own(4 << 20, null);
        var over = pool.own(1 << 20, null);
        assertNotNull(over);
        assertNull(pool.own(16 << 10, null));
        var grown = Objects.requireNonNull(pool.own(3 << 20, over));
        over.release();
        assertNull(pool.own(16 << 10, null), "the right went to the larger one");
        grown.release();
        assertNotNull(pool.own(16 << 10, null));
        Objects.requireNonNull(all).release();
        assertEquals(16 << 10, large.takenBytes());
    }

    @Test
    void whoWasRefusedIsToldWhenMemoryComesBack() {
        large.onGiven(told::incrementAndGet);
        assertTrue(large.take(4 << 20));
        large.give(1);
        assertEquals(0, told.get(), "nobody was refused");
        assertFalse(large.take(2));
        large.give(1);
        large.give(1);
        assertEquals(1, told.get());
    }

    @Test
    void memoryIsUsedAgainAlsoWhenAnotherThreadGivesItBack() throws InterruptedException {
        var chunk = Objects.requireNonNull(pool.own(80 << 10, null));
        var bytes = chunk.bytes();
        var other = Thread.ofPlatform().start(chunk::release);
        other.join();
        assertSame(bytes, Objects.requireNonNull(pool.own(80 << 10, null)).bytes());
    }

    @Test
    void whatWasInUseLatelyIsKeptAndTheRestIsFreed() {
        var one = Objects.requireNonNull(pool.own(1 << 20, null));
        var two = Objects.requireNonNull(pool.own(1 << 20, null));
        one.release();
        two.release();
        pool.trim();
        assertEquals(2 << 20, pool.idleBytes(), "both were in use since the last time");

        var again = Objects.requireNonNull(pool.own(1 << 20, null));
        again.release();
        pool.trim();
        assertEquals(1 << 20, pool.idleBytes(), "one of them was not");
        pool.trim();
        assertEquals(0, pool.idleBytes());
    }

    private Chunk shared() {
        return Objects.requireNonNull(pool.shared(ChunkPool.MIN_ROOM_BYTES));
    }

    private static final class Quiet implements EventLoop.Outside {
        @Override
        public int poll(long nowNs, int budget) {
            return 0;
        }

        @Override
        public void flush() {}

        @Override
        public boolean isBusy() {
            return false;
        }

        @Override
        public void await(long maxNs) {}

        @Override
        public void wake() {}
    }
}
