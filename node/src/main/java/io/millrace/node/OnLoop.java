package io.millrace.node;

import io.millrace.model.Promise;
import io.millrace.net.Loop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Work that belongs on a loop, and a main thread that has nothing to do until it is done.
final class OnLoop {

    private OnLoop() {}

    /// Does `work` on `loop` and waits, on this thread, for what it promises.
    ///
    /// @param what is waited for, as in "waited 2 s for `what`"
    /// @throws StartRefused when it is not kept in time
    static <T> T await(Loop loop, Supplier<Promise<T>> work, String what, Duration limit)
            throws StartRefused, InterruptedException {
        var future = new CompletableFuture<T>();
        loop.execute(() -> {
            try {
                work.get().then(future::complete);
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        });
        try {
            return future.get(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new StartRefused("waiting for %s failed: %s".formatted(what, e.getCause()), e);
        } catch (TimeoutException e) {
            throw new StartRefused("waited %d s for %s".formatted(limit.toSeconds(), what), e);
        }
    }
}
