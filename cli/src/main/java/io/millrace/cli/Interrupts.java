package io.millrace.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and SIGTERM during long work: ask it to stop, then wait until it has put things in order.
///
/// The process ends when the wait is over, with 130 (143 for SIGTERM) whatever the command returns.
final class Interrupts implements AutoCloseable {

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook;

    /// @param stop     runs on another thread, once, when the user interrupts; makes the work end soon
    /// @param patience how long the process then waits for [#close]; zero when `stop` leaves nothing to do
    Interrupts(Runnable stop, Duration patience) {
        hook = Thread.ofPlatform().name("interrupt").unstarted(() -> {
            stop.run();
            awaitOver(patience);
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitOver(Duration patience) {
        try {
            // Whether it ended in time or not, the process ends now.
            boolean _ = over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The work is over, in good order.
    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending already, and this hook runs: it has what it waits for.
        }
    }
}
