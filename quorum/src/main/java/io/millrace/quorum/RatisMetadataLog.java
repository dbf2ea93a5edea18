package io.millrace.quorum;

import io.millrace.model.Promise;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.VersionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metadata log of the product: Apache Ratis, with this node as the only voter.
///
/// Everything it keeps is in one folder, in Ratis' own format: a folder named after the group, in it the
/// log in segments and the snapshots. The group's id follows from the cluster's, so that a folder of
/// another cluster is recognised.
///
/// Proposals are handed to Ratis on a thread of their own, one after the other, since Ratis may block
/// its callers when the disk is slow.
public final class RatisMetadataLog implements MetadataLog {

    private static final Logger LOG = LoggerFactory.getLogger(RatisMetadataLog.class);

    private static final int MAX_WAITING_PROPOSALS = 4096;

    static {
        // Ratis counts, and nobody reads it: whoever brings no reporter gets one that sets up the JVM's management.
        MetricRegistries.global().addReporterRegistration(_ -> {}, _ -> {});
    }

    private record Proposal(Message entry, Promise<Outcome> promise, Executor loop) {

        void keep(Outcome outcome) {
            try {
                loop.execute(() -> promise.complete(outcome));
            } catch (RejectedExecutionException e) {
                LOG.debug("nobody waits for the outcome of a proposal any more: its loop ended", e);
            }
        }
    }

    private final Path dir;
    private final RaftGroupId groupId;
    private final RaftPeerId peerId;
    private final ClientId clientId = ClientId.randomId();
    private final BlockingQueue<Proposal> proposals = new ArrayBlockingQueue<>(MAX_WAITING_PROPOSALS);
    private @Nullable RatisStateMachine machine;
    private @Nullable RaftServer server;
    private @Nullable Thread proposer;
    private volatile boolean closed;

    /// @param dir       the folder of the log alone; made when it is not there
    /// @param clusterId whose log it is
    /// @param nodeId    this node
    public RatisMetadataLog(Path dir, String clusterId, int nodeId) {
        this.dir = dir;
        this.groupId =
                RaftGroupId.valueOf(UUID.nameUUIDFromBytes(("millrace:" + clusterId).getBytes(StandardCharsets.UTF_8)));
        this.peerId = RaftPeerId.valueOf("node-" + nodeId);
    }

    /// Loads what Ratis takes longest to load. Whoever is about to start a log may call this ahead, on a
    /// thread with nothing else to do, and need not wait for it.
    public static void prepare() {
        ClientId.randomId();
        RatisSettings.of(Path.of(""));
        VersionInfo.load(RaftServer.class);
        try {
            MethodHandles.lookup().ensureInitialized(SegmentedRaftLogOutputStream.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a public class of Ratis is not accessible any more", e);
        }
    }

    @Override
    public void start(Reader reader) throws IOException {
        Files.createDirectories(dir);
        refuseOtherGroups();
        var applying = new RatisStateMachine(reader, groupId, peerId);
        var peer = RaftPeer.newBuilder().setId(peerId).setAddress("127.0.0.1:0").build();
        RaftServer started = null;
        try {
            started = RaftServer.newBuilder()
                    .setServerId(peerId)
                    .setGroup(RaftGroup.valueOf(groupId, peer))
                    .setOption(RaftStorage.StartupOption.RECOVER)
                    .setProperties(RatisSettings.of(dir))
                    .setStateMachine(applying)
                    .build();
            started.start();
        } catch (IOException | RuntimeException e) {
            // Its threads would keep the process alive for ever.
            if (started != null) closeServer(started);
            throw new IOException("the metadata log in " + dir + " cannot be opened: " + cause(e), e);
        }
        machine = applying;
        server = started;
        var running = started;
        proposer = Thread.ofPlatform().name("metadata-proposer").daemon().start(() -> proposeAll(running));
        LOG.info("metadata log opened in {}", dir);
    }

    private void refuseOtherGroups() throws IOException {
        var own = groupId.getUuid().toString();
        try (var entries = Files.newDirectoryStream(dir)) {
            for (var entry : entries) {
                var name = String.valueOf(entry.getFileName());
                if (!name.equals(own) && Files.isDirectory(entry))
                    throw new IOException(
                            "%s is not the metadata log of this cluster: it holds %s, and this cluster's is %s"
                                    .formatted(dir, name, own));
            }
        }
    }

    @Override
    public Promise<Outcome> propose(byte[] entry, Executor loop) {
        if (entry.length > maxEntryBytes())
            throw new IllegalArgumentException(
                    "an entry of %d bytes is longer than %d".formatted(entry.length, maxEntryBytes()));
        var promise = new Promise<Outcome>();
        var message = Message.valueOf(UnsafeByteOperations.unsafeWrap(entry));
        var proposal = new Proposal(message, promise, loop);
        if (!proposals.offer(proposal)) proposal.keep(new Lost("too many proposals wait"));
        else if (closed && proposals.remove(proposal)) proposal.keep(new Lost("the log is closed"));
        return promise;
    }

    private void proposeAll(RaftServer running) {
        try {
            for (long call = 1; !closed; call++) propose(running, proposals.take(), call);
        } catch (InterruptedException e) {
            LOG.debug("the metadata log takes no more proposals", e);
        }
        for (var left = proposals.poll(); left != null; left = proposals.poll())
            left.keep(new Lost("the log is closed"));
    }

    private void propose(RaftServer running, Proposal proposal, long call) {
        var request = RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(peerId)
                .setGroupId(groupId)
                .setCallId(call)
                .setMessage(proposal.entry())
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            var _ = running.submitClientRequestAsync(request)
                    .whenComplete((reply, failure) -> proposal.keep(outcome(reply, failure)));
        } catch (IOException | RuntimeException e) {
            proposal.keep(new Lost(cause(e)));
        }
    }

    private static Outcome outcome(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (failure != null) return new Lost(cause(failure));
        if (reply == null) return new Lost("no reply");
        if (reply.isSuccess()) return new Committed(reply.getLogIndex());
        var exception = reply.getException();
        return new Lost(exception == null ? "refused" : cause(exception));
    }

    /// The innermost reason, which says most.
    private static String cause(Throwable thrown) {
        var cause = thrown;
        while (cause.getCause() != null) cause = cause.getCause();
        var message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    @Override
    public int maxEntryBytes() {
        return RatisSettings.MAX_ENTRY_BYTES;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        var taking = proposer;
        if (taking != null) taking.interrupt();
        var running = server;
        if (running == null) return;
        var known = machine;
        if (known != null) known.closing();
        closeServer(running);
        LOG.info("metadata log in {} closed", dir);
    }

    private static void closeServer(RaftServer running) {
        try {
            running.close();
        } catch (IOException e) {
            LOG.warn("the metadata log did not close cleanly; it will recover at the next start", e);
        }
    }
}
