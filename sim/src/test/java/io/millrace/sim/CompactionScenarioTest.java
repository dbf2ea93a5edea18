package io.millrace.sim;

import org.junit.jupiter.api.Test;

/// What a crash leaves of a log that is being compacted.
class CompactionScenarioTest {

    @Test
    void theLastValueOfEveryKeyIsThere() {
        Scenario.COMPACTIONS.runSeeds(500);
    }
}
