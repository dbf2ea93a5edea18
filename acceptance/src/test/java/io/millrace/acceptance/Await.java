package io.millrace.acceptance;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Waits until something is so, looking often, and says what it waited for when it never was.
final class Await {

    /// Longer than anything here should take, on a machine that does much else.
    static final Duration LONG = Duration.ofSeconds(90);

    private static final long LOOK_EVERY_NS = 10_000_000;

    private Await() {}

    /// Something that can be looked at; a look may fail like any IO.
    @FunctionalInterface
    interface Look<T> {
        T look() throws Exception;
    }

    static void until(String what, Look<Boolean> isSo) {
        until(what, LONG, isSo);
    }

    static void until(String what, Duration atMost, Look<Boolean> isSo) {
        value(what, atMost, () -> isSo.look() ? Optional.of(true) : Optional.empty());
    }

    /// The first value that a look finds.
    static <T> T value(String what, Duration atMost, Look<Optional<T>> look) {
        long deadlineNs = System.nanoTime() + atMost.toNanos();
        while (true) {
            Optional<T> found;
            try {
                found = look.look();
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError("while waiting for " + what, e);
            }
            if (found.isPresent()) return found.get();
            if (System.nanoTime() - deadlineNs > 0) throw new AssertionError("in " + atMost + " never saw " + what);
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }
}
