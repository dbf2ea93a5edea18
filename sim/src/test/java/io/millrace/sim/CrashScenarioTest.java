package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a crash leaves of the logs of a data folder.
class CrashScenarioTest {

    private static final int TRACE_LINES = 80;

    /// As many seeds as the suite has time for: `-Dsim.seeds=` runs more, `-Dsim.seed=` one, with all its trace.
    @Test
    void whatWasPromisedIsThere() {
        var given = Long.getLong("sim.seed");
        if (given != null) {
            new CrashScenario(given, System.out::println).run();
            return;
        }
        int seeds = Integer.getInteger("sim.seeds", 10_000);
        long startNs = System.nanoTime();
        for (long seed = 1; seed <= seeds; seed++) run(seed);
        System.out.printf("%d seeds in %d ms%n", seeds, (System.nanoTime() - startNs) / 1_000_000);
    }

    /// A life of two partitions that ends at its first change, at its second, and so on to the last.
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 10", "4, 10", "8, 10"})
    void everyChangeOfALifeCanBeTheLast(long seed, int powerCuts) {
        var settings = new CrashSettings(2, 2, 80, powerCuts, true, 0, false);
        for (long last = 1; ; last++) {
            var scenario = new CrashScenario(new SplittableRandom(seed), settings, last, null);
            try {
                scenario.run();
            } catch (Violation e) {
                fail("seed %d, a crash at change %d: %s".formatted(seed, last, e.getMessage()), e);
            }
            if (!scenario.crashed()) {
                assertTrue(last > 100, "only " + last + " changes");
                return;
            }
        }
    }

    private static void run(long seed) {
        try {
            new CrashScenario(seed).run();
        } catch (Violation e) {
            fail("seed %d: %s%n%s".formatted(seed, e.getMessage(), trace(seed)), e);
        }
    }

    /// The last steps of a scenario that ends badly.
    private static String trace(long seed) {
        var lines = new ArrayDeque<String>();
        try {
            new CrashScenario(seed, line -> {
                        if (lines.size() == TRACE_LINES) lines.removeFirst();
                        lines.add(line);
                    })
                    .run();
        } catch (Violation e) {
            lines.add(String.valueOf(e.getMessage()));
        }
        return String.join("\n", lines);
    }
}
