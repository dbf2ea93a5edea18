package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/// The order in which the threads of a folder get on.
class SimFileWorkTest {

    private final SimClock clock = new SimClock();

    @Test
    void eachThreadKeepsItsOrderAndTheSeedMixesThem() {
        var orders = new HashSet<String>();
        for (int seed = 0; seed < 200; seed++) {
            var done = new ArrayList<String>();
            var work = new SimFileWork(clock, new SplittableRandom(seed));
            for (var name : List.of("a", "b")) {
                work.commit(() -> done.add("commit " + name));
                work.sync(() -> done.add("sync " + name));
            }
            work.settle();
            assertTrue(done.indexOf("commit a") < done.indexOf("commit b"));
            assertTrue(done.indexOf("sync a") < done.indexOf("sync b"));
            orders.add(done.toString());
        }
        assertEquals(6, orders.size());
    }

    @Test
    void whatIsDueLaterWaitsForTheClock() {
        var done = new ArrayList<String>();
        var work = new SimFileWork(clock, new SplittableRandom(1));
        work.runLater(100, () -> done.add("later"));
        work.settle();
        assertEquals(List.of(), done);
        clock.pass(100);
        work.settle();
        assertEquals(List.of("later"), done);
    }

    @Test
    void aDefectIsKeptAndACrashIsNot() {
        var work = new SimFileWork(clock, new SplittableRandom(1));
        work.run(() -> {
            throw new IllegalStateException("a defect");
        });
        assertTrue(work.step());
        assertEquals(1, work.defects().size());
        work.run(() -> {
            throw new SimCrash("here");
        });
        assertThrows(SimCrash.class, work::step);
        assertFalse(work.isAtWork());
    }

    @Test
    void theEndWaitsForWhatWasAskedAndTakesNothingMore() {
        var done = new ArrayList<String>();
        var work = new SimFileWork(clock, new SplittableRandom(1));
        work.run(() -> work.commit(() -> work.sync(() -> done.add("all three"))));
        work.syncLater(10, () -> done.add("too late"));
        work.close();
        clock.pass(100);
        assertFalse(work.step());
        assertEquals(List.of("all three"), done);
        assertThrows(RejectedExecutionException.class, () -> work.run(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> work.commit(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> work.sync(() -> {}));
    }
}
