package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// How long compaction rests.
class CleaningThrottleTest {

    private static final long MS = 1_000_000;

    @Test
    void itRestsAsLongAsItWorked() {
        var throttle = new CleaningThrottle(Double.MAX_VALUE);
        assertEquals(20, throttle.restMs(20 * MS, 1 << 20));
        assertEquals(1, throttle.restMs(1, 0), "never not at all");
    }

    @Test
    void itKeepsToARateThatWasSet() {
        var throttle = new CleaningThrottle(1_000_000);
        assertEquals(980, throttle.restMs(20 * MS, 1_000_000), "a megabyte in a second, work and rest together");
        assertEquals(700, throttle.restMs(700 * MS, 1_000_000));
    }
}
