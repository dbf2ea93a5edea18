package io.millrace.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/// What Ratis sees of a [MetadataLog.Reader]: it applies committed entries by reading them, and keeps
/// the reader's snapshots in files.
///
/// Ratis calls it on its updater's thread, one call at a time; only the news of leadership come from
/// elsewhere, under a lock of this object so that they keep their order.
final class RatisStateMachine extends BaseStateMachine {

    private final MetadataLog.Reader reader;
    private final RaftGroupId groupId;
    private final RaftPeerId self;
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private volatile @Nullable RaftLog log;
    /// That this log ends, and why, is news once: when Ratis shuts down after an entry that cannot be
    /// read, the entry is the reason.
    private final AtomicBoolean over = new AtomicBoolean();

    private boolean leading;

    RatisStateMachine(MetadataLog.Reader reader, RaftGroupId groupId, RaftPeerId self) {
        this.reader = reader;
        this.groupId = groupId;
        this.self = self;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage) throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            super.initialize(server, group, raftStorage);
                            storage.init(raftStorage);
                            load(storage.getLatestSnapshot());
                        },
                        IOException.class);
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /// Another voter's snapshot was put into the storage; it replaces what was read.
    @Override
    public void reinitialize() throws IOException {
        load(storage.loadLatestSnapshot());
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
    }

    private void load(@Nullable SingleFileSnapshotInfo snapshot) throws IOException {
        if (snapshot == null) return;
        var file = snapshot.getFile();
        if (!MD5FileUtil.computeMd5ForFile(file.getPath().toFile()).equals(file.getFileDigest()))
            throw new IOException("the snapshot " + file.getPath() + " is damaged: its checksum does not match");
        reader.install(snapshot.getIndex(), Files.readAllBytes(file.getPath()));
        setLastAppliedTermIndex(snapshot.getTermIndex());
    }

    /// An entry that cannot be read must not be skipped: what is thrown here makes Ratis stop.
    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        var entry = transaction.getLogEntry();
        try {
            reader.read(
                    entry.getIndex(),
                    entry.getStateMachineLogEntry().getLogData().toByteArray());
            advance(entry.getTerm(), entry.getIndex());
        } catch (RuntimeException e) {
            fail("the entry at index %d cannot be read: %s".formatted(entry.getIndex(), e.getMessage()));
            throw e;
        }
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    /// An entry of the voters' own is committed.
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        advance(term, index);
    }

    private void advance(long term, long index) {
        updateLastAppliedTermIndex(term, index);
        if (index >= committed()) reader.caughtUp();
    }

    private long committed() {
        var known = log;
        if (known == null) {
            try {
                known = getServer().join().getDivision(groupId).getRaftLog();
            } catch (IOException e) {
                throw new IllegalStateException("Ratis has no log of " + groupId, e);
            }
            log = known;
        }
        return known.getLastCommittedIndex();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public long takeSnapshot() throws IOException {
        var at = getLastAppliedTermIndex();
        if (at == null || at.getIndex() < 0) return RaftLog.INVALID_LOG_INDEX;
        var latest = storage.getLatestSnapshot();
        if (latest != null && latest.getIndex() >= at.getIndex()) return latest.getIndex();

        var file = storage.getSnapshotFile(at.getTerm(), at.getIndex());
        writeDurably(file.toPath(), reader.snapshot());
        var digest = MD5FileUtil.computeAndSaveMd5ForFile(file);
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), at));
        return at.getIndex();
    }

    /// The file is there whole, or not at all.
    private static void writeDurably(Path file, byte[] bytes) throws IOException {
        var unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        try (var channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            var rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) channel.write(rest);
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /// Called when the first entry of this leader's term is applied, and so everything before it.
    @Override
    public void notifyLeaderReady() {
        reader.caughtUp();
        synchronized (this) {
            leading = true;
            reader.leading(currentTerm());
        }
    }

    private long currentTerm() {
        try {
            return getServer().join().getDivision(groupId).getInfo().getCurrentTerm();
        } catch (IOException e) {
            throw new IllegalStateException("Ratis does not know " + groupId, e);
        }
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        if (!leader.equals(self)) follow();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        follow();
    }

    private synchronized void follow() {
        if (!leading) return;
        leading = false;
        reader.following();
    }

    /// From here on an end of Ratis is no news.
    void closing() {
        over.set(true);
    }

    /// Ratis ends: of itself when something went wrong.
    @Override
    public void close() {
        fail("it was shut down");
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        fail(String.valueOf(cause.getMessage()));
    }

    private void fail(String why) {
        if (over.compareAndSet(false, true)) reader.failed(why);
    }
}
