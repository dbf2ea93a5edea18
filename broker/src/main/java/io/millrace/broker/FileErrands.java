package io.millrace.broker;

import io.millrace.model.Promise;
import io.millrace.replica.Hosting;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What waits for a disk is done by a file thread, and what came of it arrives as a message on the loop that
/// asked.
final class FileErrands {

    private final Executor files;

    /// @param files runs what blocks, or throws [RejectedExecutionException] when too much is waiting
    FileErrands(Executor files) {
        this.files = files;
    }

    /// On the threads of a node's folder.
    static FileErrands of(Hosting host) {
        return new FileErrands(work -> host.folder().offFile(work));
    }

    /// Has `work` done on a file thread.
    ///
    /// @param home     where the promise is kept: the caller's shard
    /// @param unwanted is given what came of it, on the file thread, when the loop of `home` has ended by then
    /// @return nothing when too much is waiting already; `work` is not done then
    <T> Optional<Promise<T>> send(Shard home, Supplier<T> work, Consumer<T> unwanted) {
        var promise = new Promise<T>();
        try {
            files.execute(() -> {
                var outcome = work.get();
                if (!Shards.tell(home, () -> promise.complete(outcome))) unwanted.accept(outcome);
            });
            return Optional.of(promise);
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }
}
