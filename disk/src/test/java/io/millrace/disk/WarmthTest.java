package io.millrace.disk;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WarmthTest {

    private static final long SECOND_NS = 1_000_000_000;

    private final Warmth warmth = new Warmth();

    @Test
    void nothingIsKnownAtFirst() {
        assertFalse(warmth.covers(0, 0));
        assertFalse(warmth.covers(Long.MAX_VALUE - 1, -SECOND_NS));
    }

    @Test
    void theSpeedOfMemoryTellsAndThatOfADiskDoesNot() {
        warmth.touched(1000, 1 << 20, 400_000, 0);
        assertFalse(warmth.covers(1000, 0), "2.6 GB/s");
        warmth.touched(1000, 1 << 20, 100_000, 0);
        assertTrue(warmth.covers(1000, 0), "10 GB/s");
        assertTrue(warmth.covers(5000, 4 * SECOND_NS));
        assertFalse(warmth.covers(999, 0));
        assertFalse(warmth.covers(1000, 5 * SECOND_NS));
    }
}
