package io.millrace.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a data folder can still be used. A write or a sync that failed is final for all of it: what
/// the page cache holds afterwards is unknown, and a second sync would say that all is well. Safe to use
/// from any thread.
public final class FolderHealth {

    private static final Logger LOG = LoggerFactory.getLogger(FolderHealth.class);

    private final Path dir;
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    private final Set<Runnable> bells = ConcurrentHashMap.newKeySet();

    public FolderHealth(Path dir) {
        this.dir = dir;
    }

    /// Why nothing in the folder may be used any more; null while it may.
    @Nullable
    public IOException failure() {
        return failure.get();
    }

    /// Nothing in the folder may be used any more, and that is said, once.
    ///
    /// @return whether it could be used until now
    public boolean fail(IOException cause) {
        if (!failure.compareAndSet(null, cause)) return false;
        LOG.error(
                "data folder {} failed: nothing is written to it or acknowledged from it until the next start, and its"
                        + " partitions are offline",
                dir,
                cause);
        bells.forEach(Runnable::run);
        return true;
    }

    /// Runs `bell` once, on the thread that notices, when the folder fails; at once when it has.
    public void watch(Runnable bell) {
        bells.add(bell);
        if (failure.get() != null && bells.remove(bell)) bell.run();
    }

    public void unwatch(Runnable bell) {
        bells.remove(bell);
    }
}
