package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A map of keys to offsets in a fixed amount of memory.
class OffsetMapTest {

    private static ByteBuffer key(long number) {
        return ByteBuffer.allocate(8).putLong(0, number);
    }

    @Test
    void itRemembersTheLastOffsetOfEveryKey() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var map = new OffsetMap(24 * 5_000, 0.9, Long.MAX_VALUE);
        var model = new HashMap<Long, Long>();
        for (long offset = 0; offset < 20_000; offset++) {
            long number = random.nextInt(4_000);
            assertTrue(map.put(key(number), offset));
            model.put(number, offset);
        }
        assertEquals(model.size(), map.keys());
        for (long number = 0; number < 8_000; number++) {
            assertEquals(model.getOrDefault(number, OffsetMap.NOT_THERE), map.lastOffset(key(number)));
        }
    }

    @Test
    void whenItIsFullItTakesNoNewKeyAndGoesOnWithTheOldOnes() {
        var map = new OffsetMap(24 * 101, 0.5, Long.MAX_VALUE);
        int taken = 0;
        while (map.put(key(taken), taken)) taken++;
        assertEquals(map.mostKeys(), taken);
        assertEquals(50, taken);
        assertFalse(map.put(key(1_000), 1_000));
        assertEquals(OffsetMap.NOT_THERE, map.lastOffset(key(1_000)));
        assertTrue(map.put(key(7), 2_000));
        assertEquals(2_000, map.lastOffset(key(7)));
        assertEquals(8, map.lastOffset(key(8)));
    }

    @Test
    void itTakesNoMoreMemoryThanItMayNorThanItNeeds() {
        assertTrue(new OffsetMap(1 << 20, 0.9, Long.MAX_VALUE).sizeBytes() <= 1 << 20);
        var small = new OffsetMap(1 << 20, 0.9, 100);
        assertTrue(small.mostKeys() >= 100, "keys: " + small.mostKeys());
        assertTrue(small.sizeBytes() < 24 * 140, "bytes: " + small.sizeBytes());
        assertTrue(new OffsetMap(1, 0.9, 100).mostKeys() > 0);
        var full = new OffsetMap(24 * 1_000, 1.0, Long.MAX_VALUE);
        int taken = 0;
        while (full.put(key(taken), taken)) taken++;
        assertEquals(OffsetMap.NOT_THERE, full.lastOffset(key(-1)), "a look-up ends in a full map too");
    }

    /// The two best-known blocks with the same MD5: anybody can send such keys.
    @Test
    void keysThatAreMadeToCollideAreToldApart() {
        var one = HexFormat.of()
                .parseHex("d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89"
                        + "55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b"
                        + "d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0"
                        + "e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70");
        var other = one.clone();
        for (int at : new int[] {19, 45, 59, 83, 109, 123}) other[at] ^= (byte) 0x80;
        var map = new OffsetMap(1 << 10, 0.9, 10);
        assertTrue(map.put(ByteBuffer.wrap(one), 1));
        assertTrue(map.put(ByteBuffer.wrap(other), 2));
        assertEquals(1, map.lastOffset(ByteBuffer.wrap(one)));
        assertEquals(2, map.lastOffset(ByteBuffer.wrap(other)));
        assertEquals(2, map.keys());
    }

    @Test
    void theKeyIsNotMovedAndMayLieAnywhere() {
        var map = new OffsetMap(1 << 10, 0.9, 10);
        var key = ByteBuffer.allocateDirect(20).putLong(5, 42).position(5).limit(13);
        assertTrue(map.put(key, 3));
        assertEquals(5, key.position());
        assertEquals(3, map.lastOffset(key(42)));
        assertTrue(map.put(ByteBuffer.allocate(0), 9));
        assertEquals(9, map.lastOffset(ByteBuffer.allocate(0)));
    }
}
