package io.millrace.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimersTest {

    private final Timers timers = new Timers();
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void equalTimesRunInTheOrderTheyWereSet() {
        for (int i = 0; i < 100; i++) {
            int number = i;
            timers.add(7, () -> ran.add(number));
        }
        runUntil(7);
        assertEquals(java.util.stream.IntStream.range(0, 100).boxed().toList(), ran);
    }

    @Test
    void aTimerSetWhileTimersRunWaitsForTheNextTime() {
        long mark = timers.mark();
        timers.add(0, () -> ran.add(1));
        assertNull(timers.takeDue(10, mark));
        assertTrue(timers.takeDue(10, timers.mark()) != null);
    }

    @Test
    void cancelledTimersAreGoneAtOnce() {
        var set = new ArrayList<Loop.Timer>();
        for (int i = 0; i < 1000; i++) set.add(timers.add(i, () -> ran.add(1)));
        set.forEach(Loop.Timer::cancel);
        set.forEach(Loop.Timer::cancel);
        assertEquals(0, timers.size());
    }

    @Test
    void runsLikeASortedList() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        record Model(long due, int number, Loop.Timer timer) {}
        var model = new ArrayList<Model>();
        int next = 0;
        long now = -500;
        for (int step = 0; step < 5000; step++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    int number = next++;
                    long due = now + random.nextInt(100);
                    model.add(new Model(due, number, timers.add(due, () -> ran.add(number))));
                }
                case 2 -> {
                    if (!model.isEmpty())
                        model.remove(random.nextInt(model.size())).timer.cancel();
                }
                default -> {
                    now += random.nextInt(40);
                    long until = now;
                    var due = model.stream()
                            .filter(m -> m.due <= until)
                            .sorted(Comparator.comparingLong(Model::due).thenComparingInt(Model::number))
                            .toList();
                    model.removeAll(due);
                    ran.clear();
                    runUntil(now);
                    assertEquals(due.stream().map(Model::number).toList(), ran);
                }
            }
            assertEquals(model.size(), timers.size());
        }
    }

    private void runUntil(long nowNs) {
        for (var work = timers.takeDue(nowNs, Long.MAX_VALUE);
                work != null;
                work = timers.takeDue(nowNs, Long.MAX_VALUE)) {
            work.run();
        }
    }
}
