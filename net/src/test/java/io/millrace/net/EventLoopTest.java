package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/// Method: the engine is turned by hand, with a clock that stands and an outside that only takes notes.
class EventLoopTest {

    private final TestClock clock = new TestClock();
    private final List<String> happened = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private int wakes;
    private boolean busy;
    private Runnable atPoll = () -> {};
    private Runnable whileAsleep = () -> {};

    private final EventLoop loop = new EventLoop(
            3,
            clock::monotonicNs,
            new EventLoop.Outside() {
                @Override
                public int poll(long nowNs, int budget) {
                    happened.add("sockets");
                    atPoll.run();
                    return 0;
                }

                @Override
                public void flush() {
                    happened.add("flush");
                }

                @Override
                public boolean isBusy() {
                    return busy;
                }

                @Override
                public void await(long maxNs) {
                    happened.add("await " + maxNs);
                    whileAsleep.run();
                }

                @Override
                public void wake() {
                    wakes++;
                }
            },
            failures::add);

    @Test
    void aTurnHasItsOrder() {
        loop.atTurnEnd(() -> happened.add("end"));
        loop.execute(() -> happened.add("mail"));
        loop.later(0, () -> happened.add("timer"));
        atPoll = () -> loop.atTurnEnd(() -> happened.add("end of request"));

        assertEquals(4, loop.turn());

        assertEquals(List.of("timer", "mail", "sockets", "end", "end of request", "flush"), happened);
    }

    @Test
    void workForTheTurnsEndMayAskForMoreOfIt() {
        loop.atTurnEnd(() -> loop.atTurnEnd(() -> happened.add("more")));
        loop.turn();
        assertEquals(List.of("sockets", "more", "flush"), happened);
    }

    @Test
    void noKindOfWorkKeepsTheOthersWaiting() {
        var again = new Runnable[1];
        again[0] = () -> {
            loop.execute(again[0]);
            loop.later(0, again[0]);
            loop.atTurnEnd(again[0]);
        };
        loop.execute(again[0]);
        for (int i = 0; i < 3; i++) loop.turn();
        assertEquals(List.of("sockets", "flush", "sockets", "flush", "sockets", "flush"), happened);
    }

    @Test
    void whatFailsEndsAlone() {
        Runnable fails = () -> {
            throw new IllegalStateException("planned");
        };
        loop.execute(fails);
        loop.execute(() -> happened.add("mail"));
        loop.later(0, fails);
        loop.atTurnEnd(fails);
        atPoll = fails;

        loop.turn();

        assertEquals(4, failures.size());
        assertEquals(List.of("mail", "sockets", "flush"), happened);
        assertFalse(loop.isHere());
    }

    @Test
    void timersWaitForTheirTime() {
        loop.later(1_000, () -> happened.add("late"));
        var cancelled = loop.later(500, () -> happened.add("never"));
        loop.turn();
        cancelled.cancel();
        assertEquals(1_000, loop.idleNs());
        clock.passNs(999);
        loop.turn();
        assertFalse(happened.contains("late"));
        clock.passNs(1);
        assertEquals(0, loop.idleNs());
        loop.turn();
        assertTrue(happened.contains("late"));
        assertFalse(happened.contains("never"));
    }

    @Test
    void sleepsOnlyWhenThereIsNothingToDo() {
        busy = true;
        loop.rest();
        busy = false;
        loop.execute(() -> {});
        loop.rest();
        loop.turn();
        assertEquals(List.of("sockets", "flush"), happened);
        loop.later(70, () -> {});
        loop.rest();
        assertEquals("await 70", happened.getLast());
    }

    @Test
    void manyMessagesWakeItOnce() {
        loop.execute(() -> {});
        assertEquals(0, wakes);
        loop.turn();
        whileAsleep = () -> {
            for (int i = 0; i < 10; i++) loop.execute(() -> {});
        };
        loop.rest();
        assertEquals(1, wakes);
    }

    @Test
    void knowsWhoseTurnItIs() {
        assertFalse(loop.isHere());
        loop.execute(() -> happened.add("here " + loop.isHere()));
        loop.turn();
        assertEquals("here true", happened.getFirst());
        assertEquals(3, loop.index());
    }

    @Test
    void runsItsMailBeforeItEndsAndTakesNoneAfter() {
        loop.execute(() -> {
            happened.add("last");
            assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
            loop.atTurnEnd(() -> happened.add("end"));
        });
        loop.end();
        assertEquals(List.of("last", "end"), happened);
        assertEquals(List.of(), failures);
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }
}
