package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a seed drives.
enum Scenario {
    CRASHES {
        @Override
        void run(long seed, @Nullable Consumer<String> trace) {
            (trace == null ? new CrashScenario(seed) : new CrashScenario(seed, trace)).run();
        }
    },
    RETRIES {
        @Override
        void run(long seed, @Nullable Consumer<String> trace) {
            new RetryScenario(seed, trace).run();
        }
    },
    COMPACTIONS {
        @Override
        void run(long seed, @Nullable Consumer<String> trace) {
            new CompactionScenario(seed, trace).run();
        }
    };

    private static final int TRACE_LINES = 80;

    /// @param trace told what happens; null when nobody wants to know
    /// @throws Violation when something does not hold that must
    abstract void run(long seed, @Nullable Consumer<String> trace);

    /// As many seeds as the suite has time for: `-Dsim.seeds=` runs more, `-Dsim.seed=` one, with all its trace.
    void runSeeds(int usual) {
        var given = Long.getLong("sim.seed");
        if (given != null) {
            run(given, System.out::println);
            return;
        }
        int seeds = Integer.getInteger("sim.seeds", usual);
        long startNs = System.nanoTime();
        for (long seed = 1; seed <= seeds; seed++) runOne(seed);
        System.out.printf("%s: %d seeds in %d ms%n", this, seeds, (System.nanoTime() - startNs) / 1_000_000);
    }

    private void runOne(long seed) {
        try {
            run(seed, null);
        } catch (Violation e) {
            fail("seed %d: %s%n%s".formatted(seed, e.getMessage(), trace(seed)), e);
        }
    }

    /// The last steps of a seed that ends badly.
    private String trace(long seed) {
        var lines = new ArrayDeque<String>();
        try {
            run(seed, line -> {
                if (lines.size() == TRACE_LINES) lines.removeFirst();
                lines.add(line);
            });
        } catch (Violation e) {
            lines.add(String.valueOf(e.getMessage()));
        }
        return String.join("\n", lines);
    }
}
