package io.millrace.model.config;

import java.util.Map;

/// The defaults that depend on where the server runs: a layer below everything that somebody gave.
public final class DerivedDefaults {

    /// Where a server runs.
    ///
    /// @param cores        processors it may use, at least 1
    /// @param memoryBytes  the largest heap it may grow to
    /// @param openFiles    how many files and sockets the system lets it open; 0 when that is not known
    /// @param loopbackOnly whether it can be reached from this machine only
    /// @param nodes        live nodes of the cluster, this one included
    public record Surroundings(int cores, long memoryBytes, long openFiles, boolean loopbackOnly, int nodes) {

        public Surroundings {
            if (cores < 1 || nodes < 1 || memoryBytes < 1 || openFiles < 0)
                throw new IllegalArgumentException(
                        "no machine is like this: cores %d, memory %d, open files %d, nodes %d"
                                .formatted(cores, memoryBytes, openFiles, nodes));
        }
    }

    private static final long LEAST_QUEUED_BYTES = 16L << 20;

    private DerivedDefaults() {}

    /// A text for every setting that is [ConfigKey.About#derived].
    public static Map<String, String> of(Surroundings here) {
        int copies = Math.min(3, here.nodes);
        boolean alone = here.nodes == 1 && here.loopbackOnly;
        long connections = here.openFiles == 0 ? 10_000 : Math.min(10_000, here.openFiles / 2);
        return Map.of(
                ServerSettings.NETWORK_THREADS.name(), text(Math.min(1024, here.cores)),
                ServerSettings.IO_THREADS.name(), text(Math.clamp(here.cores, 2, 8)),
                ServerSettings.QUEUED_MAX_BYTES.name(), text(Math.max(LEAST_QUEUED_BYTES, here.memoryBytes / 10)),
                ServerSettings.MAX_CONNECTIONS.name(), text(connections),
                ServerSettings.AUTO_CREATE_TOPICS.name(), Boolean.toString(alone),
                ServerSettings.REPLICATION_FACTOR.name(), text(copies),
                ServerSettings.OFFSETS_REPLICATION.name(), text(copies),
                ServerSettings.TRANSACTION_REPLICATION.name(), text(copies),
                ServerSettings.TRANSACTION_MIN_ISR.name(), text(copies < 3 ? 1 : 2),
                ServerSettings.GROUP_INITIAL_DELAY_MS.name(), text(alone ? 0 : 500));
    }

    private static String text(long number) {
        return Long.toString(number);
    }
}
