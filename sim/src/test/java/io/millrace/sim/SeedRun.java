package io.millrace.sim;

import java.util.function.LongFunction;

/// Runs a seed; says what was violated, or nothing. For those who have it from another class loader.
public final class SeedRun implements LongFunction<String> {

    private final Scenario scenario;

    /// @param scenario the name of a [Scenario], since its class is another one there
    public SeedRun(String scenario) {
        this.scenario = Scenario.valueOf(scenario);
    }

    @Override
    public String apply(long seed) {
        try {
            scenario.run(seed, null);
            return "";
        } catch (Violation e) {
            return String.valueOf(e.getMessage());
        }
    }
}
