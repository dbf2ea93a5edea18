package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a crash leaves of the logs of a data folder.
class CrashScenarioTest {

    @Test
    void whatWasPromisedIsThere() {
        Scenario.CRASHES.runSeeds(10_000);
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
}
