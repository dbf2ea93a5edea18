package io.millrace.replica;

import io.millrace.log.EpochHistory;
import io.millrace.log.Log;
import io.millrace.log.ProducerView;
import io.millrace.log.Producers;
import io.millrace.log.TimeLookup;
import io.millrace.metadata.PartitionState;
import io.millrace.metadata.TopicName;
import io.millrace.model.Clock;
import io.millrace.model.OffsetRange;
import io.millrace.model.PartitionId;
import io.millrace.model.Promise;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.net.Loop;
import io.millrace.replica.AppendResult.Appended;
import io.millrace.replica.AppendResult.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One partition on this node: its log, who leads it, what is committed, and who waits for it.
///
/// What holds after every method:
/// 1. `highWatermark <= log.durableEnd()`: nothing is committed that this node could lose.
/// 2. A promise of [#append] is kept with [Appended] only when its records are as safe as `acks` asked; a
///    repeated batch waits for the same as its original.
/// 3. Readers see nothing at or above the high watermark.
/// 4. After a failed write the partition is offline: nothing is appended or acknowledged any more.
/// 5. Bytes are given back only when the log does not need them any more: written, or never to be written.
///
/// Batches of one turn are written together at its end ([Loop#atTurnEnd]).
public final class Partition {

    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);

    private final PartitionId id;
    private final String topic;
    private final int nodeId;
    private final Log log;
    private final Loop loop;
    private final BatchRules rules;
    private final TopicMeters meters;

    private PartitionState state;
    private TopicConfig config;
    private boolean isOffline;
    private long highWatermark;
    private volatile long publishedSizeBytes;

    private final Waiters written;
    private final Waiters committed;
    private final Set<Runnable> bells = new LinkedHashSet<>();
    private final List<Runnable> releases = new ArrayList<>();
    private boolean writeIsDue;

    Partition(
            PartitionId id,
            String topic,
            int nodeId,
            Log log,
            Loop loop,
            PartitionState state,
            TopicConfig config,
            Codecs codecs,
            Clock clock,
            TopicMeters meters) {
        this.id = id;
        this.topic = topic;
        this.nodeId = nodeId;
        this.log = log;
        this.loop = loop;
        this.state = state;
        this.config = config;
        this.rules = new BatchRules(topic, codecs, clock);
        this.meters = meters;
        this.highWatermark = log.durableEnd();
        this.written = new Waiters(highWatermark);
        this.committed = new Waiters(highWatermark);
        this.publishedSizeBytes = log.sizeBytes();
        log.configure(config.log());
        if (leads()) log.epochs().begin(state.leaderEpoch(), log.endOffset());
    }

    /// Appends what a producer sent: exactly one batch.
    ///
    /// @param records the bytes as they came; stamped in place, and not touched any more once `release` has
    ///                run
    /// @param acks    1: written here; -1: committed; 0: nobody waits
    /// @param release run exactly once, when the bytes are no longer needed
    /// @return kept when the records are as safe as asked, or refused
    public Promise<AppendResult> append(ByteBuffer records, short acks, Runnable release) {
        var refusal = refusal(acks);
        if (refusal != null) return refused(refusal, release);
        if (TopicName.isInternal(topic)) {
            return refused(
                    new Refused(Errors.INVALID_TOPIC_EXCEPTION, "clients may not write to internal topic " + topic),
                    release);
        }
        return switch (check(records)) {
            case BatchRules.Bad(var code, var reason) -> refused(new Refused(code, reason), release);
            case BatchRules.Good(RecordBatch batch) -> append(batch, acks, release);
        };
    }

    /// Whatever goes wrong while bytes of strangers are looked at is their fault, and no reason to let go
    /// of others'.
    private BatchRules.Verdict check(ByteBuffer records) {
        try {
            return rules.check(records, config);
        } catch (RuntimeException e) {
            LOG.warn("a batch for {}-{} could not be checked", topic, id.index(), e);
            return new BatchRules.Bad(Errors.INVALID_RECORD, "the batch could not be read: " + e.getMessage());
        }
    }

    private Promise<AppendResult> append(RecordBatch batch, short acks, Runnable release) {
        return switch (log.producers().check(batch)) {
            case Producers.Check.Refused(var code, var reason) -> refused(new Refused(code, reason), release);
            case Producers.Check.Duplicate(OffsetRange original, long appendTimeMs) -> {
                long timeMs = batch.isLogAppendTime() ? appendTimeMs : -1;
                release.run();
                yield await(original.end(), acks, new Appended(original, timeMs, log.startOffset()));
            }
            case Producers.Check.Fresh() -> {
                var offsets = put(batch, release);
                if (offsets.isEmpty()) yield Promise.of(offline());
                long timeMs = batch.isLogAppendTime() ? batch.maxTimestampMs() : -1;
                yield await(offsets.get().end(), acks, new Appended(offsets.get(), timeMs, log.startOffset()));
            }
        };
    }

    /// Appends a batch of this node's own making (a coordinator's records); it must lead the partition.
    ///
    /// @return the offsets it got, or nothing when the partition is offline now
    public Optional<OffsetRange> append(RecordBatch own) {
        if (isOffline) return Optional.empty();
        return put(own, () -> {});
    }

    private Optional<OffsetRange> put(RecordBatch batch, Runnable release) {
        releases.add(release);
        try {
            int sizeBytes = batch.sizeBytes();
            var offsets = log.append(batch, state.leaderEpoch());
            meters.bytesIn(sizeBytes);
            if (!writeIsDue) {
                writeIsDue = true;
                loop.atTurnEnd(this::write);
            }
            return Optional.of(offsets);
        } catch (IOException e) {
            goOffline(e);
            return Optional.empty();
        }
    }

    private Promise<AppendResult> await(long end, short acks, Appended result) {
        return switch (acks) {
            case 0 -> Promise.of(result);
            case 1 -> written.await(end, result);
            default -> committed.await(end, result);
        };
    }

    /// Writes what this turn brought, and tells everyone for whom that was enough.
    private void write() {
        writeIsDue = false;
        if (isOffline) return;
        try {
            log.write();
        } catch (IOException e) {
            goOffline(e);
            return;
        }
        releaseAll();
        publishedSizeBytes = log.sizeBytes();
        advance();
    }

    /// With one replica, what is durable here is committed.
    private void advance() {
        long durableEnd = log.durableEnd();
        boolean isNews = durableEnd > highWatermark;
        if (isNews) highWatermark = durableEnd;
        written.reach(durableEnd);
        committed.reach(durableEnd);
        if (isNews) ring();
    }

    /// What there is from `offset` on, up to the high watermark.
    ///
    /// @param leaderEpoch     the epoch that the reader believes in, -1 for none (KIP-320)
    /// @param atLeastOneBatch give a batch though it is larger than `maxBytes`
    public ReadResult read(long offset, int maxBytes, int leaderEpoch, boolean atLeastOneBatch) {
        var wrong = wrongEpoch(leaderEpoch);
        if (wrong != Errors.NONE) return new ReadResult.Refused(wrong, -1, -1);
        if (offset < log.startOffset() || offset > log.endOffset()) {
            return new ReadResult.Refused(Errors.OFFSET_OUT_OF_RANGE, highWatermark, log.startOffset());
        }
        try {
            var slice = log.read(offset, highWatermark, maxBytes, atLeastOneBatch);
            return new ReadResult.Records(slice.orElse(null), highWatermark, log.startOffset());
        } catch (IOException e) {
            readFailed(offset, e);
            return new ReadResult.Refused(Errors.KAFKA_STORAGE_ERROR, -1, -1);
        }
    }

    /// The timestamp of the batch that holds `offset`: its newest; nothing when there is no such batch to
    /// read.
    public OptionalLong timestampAt(long offset) {
        try {
            var slice = log.read(offset, highWatermark, RecordBatch.HEADER_BYTES, true);
            if (slice.isEmpty()) return OptionalLong.empty();
            try {
                slice.get().place().limit(RecordBatch.HEADER_BYTES);
                var header = slice.get().place().readFully();
                return header.remaining() < RecordBatch.HEADER_BYTES
                        ? OptionalLong.empty()
                        : OptionalLong.of(new RecordBatch(header, header.position()).maxTimestampMs());
            } finally {
                slice.get().place().release();
            }
        } catch (IOException e) {
            readFailed(offset, e);
            return OptionalLong.empty();
        }
    }

    /// Runs `bell` once, on this loop, when there is more to read or the partition changes; unless
    /// [#unwatch] comes before.
    public void watch(Runnable bell) {
        bells.add(bell);
    }

    public void unwatch(Runnable bell) {
        bells.remove(bell);
    }

    private void ring() {
        if (bells.isEmpty()) return;
        var ringing = List.copyOf(bells);
        bells.clear();
        ringing.forEach(Runnable::run);
    }

    /// Whether a reader who believes in `leaderEpoch` (-1: any) may ask here: NONE, or what to tell it.
    public Errors wrongEpoch(int leaderEpoch) {
        if (isOffline) return Errors.KAFKA_STORAGE_ERROR;
        if (!leads()) return Errors.NOT_LEADER_OR_FOLLOWER;
        if (leaderEpoch >= 0 && leaderEpoch < state.leaderEpoch()) return Errors.FENCED_LEADER_EPOCH;
        if (leaderEpoch > state.leaderEpoch()) return Errors.UNKNOWN_LEADER_EPOCH;
        return Errors.NONE;
    }

    /// Deletes the records before `offset` (-1: before the high watermark).
    ///
    /// @return the new first offset, or nothing when `offset` is not between the first one and the high
    ///         watermark
    public Optional<Long> deleteBefore(long offset) throws IOException {
        long target = offset == -1 ? highWatermark : offset;
        if (target < 0 || target > highWatermark) return Optional.empty();
        if (target > log.startOffset()) log.trimTo(target);
        publishedSizeBytes = log.sizeBytes();
        return Optional.of(log.startOffset());
    }

    /// NONE when an append with these acks would not be refused for the state of the partition; else the
    /// code.
    public Errors mayAppend(short acks) {
        var refusal = refusal(acks);
        return refusal == null ? Errors.NONE : refusal.code();
    }

    /// Whether its records may be deleted before their time: not when it is only compacted.
    public boolean mayDeleteRecords() {
        return config.log().deletes();
    }

    /// The cluster says something new about this partition.
    void follow(PartitionState newState) {
        boolean isNewEpoch = newState.leaderEpoch() != state.leaderEpoch();
        if (isNewEpoch && writeIsDue) write();
        state = newState;
        if (!isNewEpoch) return;
        if (leads()) {
            log.epochs().begin(state.leaderEpoch(), log.endOffset());
        } else {
            refuseWaiting(new Refused(Errors.NOT_LEADER_OR_FOLLOWER, "this node does not lead it any more"));
        }
        ring();
    }

    void configure(TopicConfig newConfig) {
        config = newConfig;
        log.configure(newConfig.log());
    }

    /// One step of retention: drops at most one segment, and nothing that is not committed.
    ///
    /// @return whether there may be more to drop
    boolean retain() {
        if (isOffline) return false;
        try {
            boolean hasDropped = log.retain(highWatermark) > 0;
            publishedSizeBytes = log.sizeBytes();
            return hasDropped;
        } catch (IOException e) {
            goOffline(e);
            return false;
        }
    }

    /// The partition leaves this loop: everyone who waits is told.
    ///
    /// @param code what to tell them
    void leave(Errors code) {
        if (!isOffline && writeIsDue) write();
        isOffline = true;
        refuseWaiting(new Refused(code, "the partition is gone from this node"));
        ring();
    }

    private void goOffline(IOException cause) {
        LOG.error("partition {}-{} goes offline: its log cannot be used any more", topic, id.index(), cause);
        isOffline = true;
        refuseWaiting(offline());
        ring();
    }

    /// What cannot be read in one place says nothing about the rest, nor about what is appended.
    private void readFailed(long offset, IOException cause) {
        if (log.isUsable()) {
            LOG.warn("partition {}-{} cannot be read at offset {}", topic, id.index(), offset, cause);
        } else {
            goOffline(cause);
        }
    }

    private void refuseWaiting(Refused refusal) {
        releaseAll();
        written.refuseAll(refusal);
        committed.refuseAll(refusal);
    }

    private void releaseAll() {
        var due = List.copyOf(releases);
        releases.clear();
        due.forEach(Runnable::run);
    }

    private static Refused offline() {
        return new Refused(Errors.KAFKA_STORAGE_ERROR, "the log of this partition cannot be written");
    }

    private @org.jspecify.annotations.Nullable Refused refusal(short acks) {
        if (isOffline) return offline();
        if (!leads()) return new Refused(Errors.NOT_LEADER_OR_FOLLOWER, "another node leads this partition");
        int needed = acks == -1 ? config.minInsyncReplicas() : 1;
        if (state.inSync().size() < needed) {
            return new Refused(
                    Errors.NOT_ENOUGH_REPLICAS,
                    "%d replicas are in sync, min.insync.replicas is %d"
                            .formatted(state.inSync().size(), needed));
        }
        return null;
    }

    private static Promise<AppendResult> refused(Refused refusal, Runnable release) {
        release.run();
        return Promise.of(refusal);
    }

    private boolean leads() {
        return state.leader() == nodeId;
    }

    public boolean isLeader() {
        return leads() && !isOffline;
    }

    public PartitionId id() {
        return id;
    }

    public Uuid topicId() {
        return id.topic();
    }

    public String topic() {
        return topic;
    }

    public PartitionState state() {
        return state;
    }

    public long highWatermark() {
        return highWatermark;
    }

    /// The first offset behind everything that transactions may still undo; without transactions, the high
    /// watermark.
    public long lastStableOffset() {
        return highWatermark;
    }

    public long logStartOffset() {
        return log.startOffset();
    }

    public long logEndOffset() {
        return log.endOffset();
    }

    /// Bytes on disk, as of the last write; may be read from any thread.
    public long sizeBytes() {
        return publishedSizeBytes;
    }

    public EpochHistory epochs() {
        return log.epochs();
    }

    public List<ProducerView> producers() {
        return log.producers().active();
    }

    /// The first record at or after a time, below the high watermark. The look-up blocks: run it off the
    /// loop.
    public TimeLookup firstAtOrAfter(long timestampMs, RecordReader reader) {
        return log.firstAtOrAfter(timestampMs, highWatermark, reader);
    }

    /// The record with the greatest timestamp, below the high watermark. The look-up blocks: run it off the
    /// loop.
    public TimeLookup newest(RecordReader reader) {
        return log.newest(highWatermark, reader);
    }

    /// Counts bytes handed out to a reader; any thread.
    public void countOut(int bytes) {
        meters.bytesOut(bytes);
    }

    /// The epoch of the leader, when this node knows one.
    public OptionalInt leaderEpoch() {
        return state.leader() < 0 ? OptionalInt.empty() : OptionalInt.of(state.leaderEpoch());
    }
}
