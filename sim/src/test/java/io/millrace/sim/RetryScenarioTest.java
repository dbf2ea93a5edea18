package io.millrace.sim;

import org.junit.jupiter.api.Test;

/// What a crash leaves of batches that were sent again and again.
class RetryScenarioTest {

    @Test
    void whatWasAcknowledgedIsThereOnce() {
        Scenario.RETRIES.runSeeds(2_000);
    }
}
