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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What waits for a disk is done by a file thread, and what came of it arrives as a message on the loop that
/// asked.
final class FileErrands {

    private static final Logger LOG = LoggerFactory.getLogger(FileErrands.class);

    private final Executor files;

    /// @param files runs what blocks, or throws [RejectedExecutionException] when too much is waiting
    FileErrands(Executor files) {
        this.files = files;
    }

    /// On the threads of a node's folder.
    static FileErrands of(Hosting host) {
        return new FileErrands(work -> host.folder().offFile(work));
    }

    /// Has `work` done on a file thread. The promise is kept whatever happens there.
    ///
    /// @param home     where the promise is kept: the caller's shard
    /// @param failed   what to say when `work` throws, which nobody planned for
    /// @param unwanted is given what came of it, on the file thread, when the loop of `home` has ended by then
    /// @return nothing when too much is waiting already; `work` is not done then
    <T> Optional<Promise<T>> send(Shard home, Supplier<T> work, Supplier<T> failed, Consumer<T> unwanted) {
        var promise = new Promise<T>();
        try {
            files.execute(() -> {
                var outcome = done(work, failed);
                if (!Shards.tell(home, () -> promise.complete(outcome))) unwanted.accept(outcome);
            });
            return Optional.of(promise);
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }

    private static <T> T done(Supplier<T> work, Supplier<T> failed) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            LOG.error("work on files failed unexpectedly", e);
            return failed.get();
        }
    }
}
