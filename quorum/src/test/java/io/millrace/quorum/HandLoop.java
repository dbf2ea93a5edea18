package io.millrace.quorum;

import io.millrace.model.Promise;
import io.millrace.net.Loop;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A loop that runs its work on the thread of the test, while the test waits for something.
public final class HandLoop implements Loop {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
    private final Thread owner = Thread.currentThread();

    @Override
    public void execute(Runnable work) {
        mailbox.add(work);
    }

    @Override
    public Timer later(long delayNs, Runnable work) {
        throw new UnsupportedOperationException("no timers here");
    }

    @Override
    public void atTurnEnd(Runnable work) {
        execute(work);
    }

    @Override
    public boolean isHere() {
        return Thread.currentThread().equals(owner);
    }

    @Override
    public int index() {
        return 0;
    }

    /// Runs what is in the mailbox now, and what that puts there.
    public void turn() {
        for (var work = mailbox.poll(); work != null; work = mailbox.poll()) work.run();
    }

    /// Runs until `condition` holds.
    public void until(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            try {
                var work = mailbox.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (work == null) throw new AssertionError("waited for " + PATIENCE + " in vain");
                work.run();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// Runs until the promise is kept.
    public <T> T await(Promise<T> promise) {
        until(promise::isDone);
        return promise.value();
    }

    /// Runs while another thread does something that blocks.
    public <T> T whileBlocked(Callable<T> blocking) throws Exception {
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(blocking.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
            execute(() -> {});
        });
        until(result::isDone);
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
