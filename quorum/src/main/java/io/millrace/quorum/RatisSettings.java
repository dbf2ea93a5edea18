package io.millrace.quorum;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// How Ratis is set up, for a metadata log that is small and rarely written.
final class RatisSettings {

    /// The longest entry: a hundred thousand changed partitions have room in it.
    static final int MAX_ENTRY_BYTES = 4 << 20;

    /// What Ratis adds to an entry, with room to spare.
    private static final int ENTRY_OVERHEAD_BYTES = 4096;

    /// A snapshot is taken after so many entries, and when the log is closed.
    private static final long ENTRIES_PER_SNAPSHOT = 10_000;

    private RatisSettings() {}

    static RaftProperties of(Path dir) {
        var properties = new RaftProperties();
        properties.set(RaftConfigKeys.Rpc.TYPE_KEY, AloneRpc.class.getName());
        RaftServerConfigKeys.setStorageDir(properties, List.of(dir.toFile()));
        log(properties);
        snapshots(properties);
        elections(properties);
        return properties;
    }

    /// Memory and disk follow what is in use: Ratis reserves the whole write buffer, and as much of the disk as
    /// is preallocated.
    private static void log(RaftProperties properties) {
        int entry = MAX_ENTRY_BYTES + ENTRY_OVERHEAD_BYTES;
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(entry));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(entry + 8));
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("8MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("8MB"));
        // Entries of the voters' own that tell the commit index: the next leader knows it anyhow.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    }

    private static void snapshots(RaftProperties properties) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, ENTRIES_PER_SNAPSHOT);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    }

    /// A voter that is alone need not wait for others before its first election. A process that was stopped for a
    /// while goes on afterwards: the leader's term, not its pauses, tells whether it may.
    private static void elections(RaftProperties properties) {
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(5));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(20));
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(600));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(1200));
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(30, TimeUnit.DAYS));
    }

    private static TimeDuration millis(int amount) {
        return TimeDuration.valueOf(amount, TimeUnit.MILLISECONDS);
    }
}
