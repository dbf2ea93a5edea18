package io.millrace.node;

import io.millrace.broker.Desk;
import io.millrace.broker.TopicMaker;
import io.millrace.coordinator.group.GroupSettings;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.DerivedDefaults;
import io.millrace.model.config.DerivedDefaults.Surroundings;
import io.millrace.model.config.HostPort;
import io.millrace.model.config.Listeners;
import io.millrace.model.config.ServerLayers;
import io.millrace.model.config.ServerSettings;
import io.millrace.model.config.TopicSettings;
import io.millrace.net.NetLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Everything the settings say about this node, typed, before anything is built.
///
/// @param layers what the server was started with, and what follows from the machine
/// @param values the same, as values
record Plan(int nodeId, Path dataFolder, Listeners listeners, ServerLayers layers, ConfigValues values) {

    private static final int OPEN_LOG_FILES_UNKNOWN = 2_000;
    private static final int LEAST_OPEN_LOG_FILES = 100;
    private static final int MOST_OPEN_LOG_FILES = 1_000_000;
    private static final int MAX_IN_FLIGHT = 256;
    private static final long MAX_ANSWER_BYTES = 2 << 20;
    private static final Path OPEN_FILES = Path.of("/proc/self/limits");

    /// @param texts settings by name, checked before
    static Plan of(Map<String, String> texts) {
        var values = ConfigValues.of(texts);
        var listeners = Listeners.of(values);
        var here = new Surroundings(
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory(),
                openFiles(),
                listeners.isLoopbackOnly(),
                1);
        var layers = new ServerLayers(Map.of(), Map.of(), texts, DerivedDefaults.of(here));
        return new Plan(
                ServerSettings.nodeId(values),
                Path.of(ServerSettings.dataFolders(values).getFirst())
                        .toAbsolutePath()
                        .normalize(),
                listeners,
                layers,
                layers.values());
    }

    int loops() {
        return values.get(ServerSettings.NETWORK_THREADS);
    }

    /// How many files the data folder may have open: three quarters of what connections leave over.
    int openLogFiles() {
        long files = openFiles();
        if (files == 0) return OPEN_LOG_FILES_UNKNOWN;
        long left = files - values.get(ServerSettings.MAX_CONNECTIONS);
        return Math.clamp(left * 3 / 4, LEAST_OPEN_LOG_FILES, MOST_OPEN_LOG_FILES);
    }

    /// How much of the data folder's disk producers may not use; -1 for the usual.
    long reserveBytes() {
        return values.get(ServerSettings.RESERVE_BYTES);
    }

    String rack() {
        return values.get(ServerSettings.BROKER_RACK);
    }

    Optional<HostPort> http() {
        return Listeners.http(values);
    }

    /// The most that a batch may unpack to.
    int maxUnpackedBytes() {
        return values.get(TopicSettings.MAX_DECOMPRESSED_BYTES);
    }

    Duration retentionCheck() {
        return values.get(ServerSettings.RETENTION_CHECK);
    }

    NetLimits netLimits() {
        return new NetLimits(
                values.get(ServerSettings.REQUEST_MAX_BYTES),
                values.get(ServerSettings.MAX_CONNECTIONS),
                values.get(ServerSettings.MAX_CONNECTIONS_PER_IP),
                MAX_IN_FLIGHT,
                values.get(ServerSettings.QUEUED_MAX_BYTES),
                MAX_ANSWER_BYTES,
                values.get(ServerSettings.CONNECTION_IDLE));
    }

    Desk.Limits requestLimits() {
        return new Desk.Limits(
                values.get(ServerSettings.FETCH_MAX_BYTES),
                values.get(ServerSettings.FETCH_SESSIONS),
                values.get(ServerSettings.DELETE_TOPIC),
                new TopicMaker.Rules(
                        values.get(ServerSettings.AUTO_CREATE_TOPICS),
                        new TopicDefaults(
                                values.get(ServerSettings.NUM_PARTITIONS),
                                values.get(ServerSettings.REPLICATION_FACTOR)),
                        values.get(ServerSettings.OFFSETS_PARTITIONS)));
    }

    GroupSettings groupSettings() {
        var defaults = GroupSettings.defaults();
        return new GroupSettings(
                new GroupSettings.Sessions(
                        values.get(ServerSettings.GROUP_MIN_SESSION_MS),
                        values.get(ServerSettings.GROUP_MAX_SESSION_MS),
                        values.get(ServerSettings.GROUP_INITIAL_DELAY_MS),
                        defaults.sessions().newMemberWaitMs()),
                new GroupSettings.Sizes(
                        values.get(ServerSettings.GROUP_MAX_SIZE),
                        values.get(ServerSettings.OFFSET_METADATA_MAX_BYTES),
                        defaults.sizes().maxStoredBytes(),
                        defaults.sizes().maxGroups()),
                new GroupSettings.Retention(
                        Duration.ofMinutes(values.get(ServerSettings.OFFSETS_RETENTION_MINUTES))
                                .toMillis(),
                        values.get(ServerSettings.OFFSETS_RETENTION_CHECK).toMillis()));
    }

    /// The soft limit on open files, 0 when the system does not tell.
    private static long openFiles() {
        try {
            return Files.readAllLines(OPEN_FILES).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line ->
                            line.substring("Max open files".length()).trim().split("\\s+", 2)[0])
                    .filter(number -> !number.equals("unlimited"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | NumberFormatException e) {
            return 0; // no Linux: the number stays unknown
        }
    }
}
