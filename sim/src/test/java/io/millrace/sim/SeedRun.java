package io.millrace.sim;

import java.util.function.LongFunction;

/// Runs a seed; says what was violated, or nothing. For those who have it from another class loader.
public final class SeedRun implements LongFunction<String> {

    public SeedRun() {}

    @Override
    public String apply(long seed) {
        try {
            new CrashScenario(seed).run();
            return "";
        } catch (Violation e) {
            return String.valueOf(e.getMessage());
        }
    }
}
