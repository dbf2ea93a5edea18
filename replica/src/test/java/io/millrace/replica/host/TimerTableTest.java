package io.millrace.replica.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerTableTest {

    private final HandLoop loop = new HandLoop();
    private final List<String> rang = new ArrayList<>();
    private final TimerTable<String> timers =
            new TimerTable<>(loop, loop, (key, command) -> rang.add(key + ":" + command));

    @Test
    void aTimerRingsOnceWhenItsTimeHasCome() {
        timers.set("a", 10, "wake");
        loop.pass(9);
        assertEquals(List.of(), rang);
        loop.pass(1);
        loop.pass(100);
        assertEquals(List.of("a:wake"), rang);
        assertEquals(0, timers.size());
    }

    @Test
    void aTimerThatIsPutOffOftenCostsTheLoopOneTimerPerPeriod() {
        timers.set("a", 1_000, "first");
        for (int i = 0; i < 10_000; i++) {
            loop.pass(1);
            timers.set("a", 1_000, "last");
        }
        assertEquals(List.of(), rang);
        assertEquals(11, loop.timersSet);
        loop.pass(999);
        assertEquals(List.of(), rang);
        loop.pass(1);
        assertEquals(List.of("a:last"), rang);
    }

    @Test
    void aTimerMayBeSetToAnEarlierTime() {
        timers.set("a", 1_000, "late");
        timers.set("a", 10, "soon");
        loop.pass(10);
        assertEquals(List.of("a:soon"), rang);
        loop.pass(2_000);
        assertEquals(1, rang.size());
    }

    @Test
    void aCancelledTimerDoesNotRing() {
        timers.set("a", 10, "no");
        timers.set("b", 10, "yes");
        timers.cancel("a");
        timers.cancel("unknown");
        loop.pass(10);
        assertEquals(List.of("b:yes"), rang);
        timers.set("c", 10, "no");
        timers.clear();
        loop.pass(10);
        assertEquals(1, rang.size());
    }
}
