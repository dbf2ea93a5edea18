package io.millrace.replica;

import io.millrace.disk.DiskFullException;
import io.millrace.log.BatchTimeLookup;
import io.millrace.log.CleaningResult.Outcome;
import io.millrace.log.ColdLookup;
import io.millrace.log.Dirtiness;
import io.millrace.log.EpochHistory;
import io.millrace.log.FolderCleaner;
import io.millrace.log.FolderScrubber;
import io.millrace.log.Log;
import io.millrace.log.LogRead;
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
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One partition on this node: its log, who leads it, what is committed, and who waits for it.
///
/// What holds after every method:
/// 1. `highWatermark <= log.durableEnd()`: nothing is committed that this node could lose.
/// 2. A promise of [#append] is kept with [Appended] only when its records are as safe as `acks` asked;
///    a repeated batch waits for the same as its original.
/// 3. Readers see nothing at or above the high watermark.
/// 4. After a failed write the partition is offline: nothing is appended or acknowledged any more. If
///    the disk was full, its shard opens it again, as another object ([#whenFull]).
/// 5. Bytes are given back only when the log does not need them any more: written, or never to
///    be written.
///
/// Batches of one turn are written together at its end ([Loop#atTurnEnd]).
public final class Partition {

    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);

    private final PartitionId id;
    private final String topic;
    private final Log log;
    private final Loop loop;
    private final BatchRules rules;
    private final TopicMeters meters;

    private Leadership leadership;
    private TopicConfig config;
    private boolean isOffline;
    private Runnable whenFull = () -> {};
    private boolean hasFailedToRead;
    private boolean isSuspect;
    private volatile long publishedSizeBytes;

    private final HighWatermark highWatermark;
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
        this.log = log;
        this.loop = loop;
        this.leadership = new Leadership(nodeId, state);
        this.config = config;
        this.rules = new BatchRules(topic, codecs, clock);
        this.meters = meters;
        this.highWatermark = new HighWatermark(log.durableEnd());
        this.publishedSizeBytes = log.sizeBytes();
        log.configure(config.log());
        if (leadership.isHere()) log.epochs().begin(leadership.epoch(), log.endOffset());
        log.whenDurable(this::committed);
    }

    /// Appends what a producer sent: exactly one batch.
    ///
    /// @param records the bytes as they came; stamped in place, and not touched any more once `release`
    ///                has run
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

    /// Whatever goes wrong while bytes of strangers are looked at is their fault, and no reason to let
    /// go of others'.
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
            case Producers.Check.Duplicate original -> repeated(original, batch, acks, release);
            case Producers.Check.Fresh()
            when !log.hasSpace() -> refused(new Refused(Errors.KAFKA_STORAGE_ERROR, log.whyNoSpace()), release);
            case Producers.Check.Fresh() -> {
                var offsets = put(batch, release);
                if (offsets.isEmpty()) yield Promise.of(offline());
                long timeMs = batch.isLogAppendTime() ? batch.maxTimestampMs() : -1;
                yield highWatermark.await(
                        offsets.get().end(), acks, new Appended(offsets.get(), timeMs, log.startOffset()));
            }
        };
    }

    /// What is here already waits for the same as its original did.
    private Promise<AppendResult> repeated(
            Producers.Check.Duplicate original, RecordBatch batch, short acks, Runnable release) {
        var offsets = original.offsets();
        long timeMs = batch.isLogAppendTime() ? original.appendTimeMs() : -1;
        release.run();
        return highWatermark.await(offsets.end(), acks, new Appended(offsets, timeMs, log.startOffset()));
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
            var offsets = log.append(batch, leadership.epoch());
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
        highWatermark.raise(log.durableEnd());
    }

    /// What was written before is durable by now; or never will be.
    private void committed() {
        if (isOffline) return;
        if (log.isUsable()) {
            highWatermark.raise(log.durableEnd());
        } else {
            goOffline(log.whyUnusable());
        }
    }

    /// What there is from `offset` on, up to the high watermark.
    ///
    /// @param leaderEpoch     the epoch that the reader believes in, -1 for none (KIP-320)
    /// @param atLeastOneBatch give a batch though it is larger than `maxBytes`
    public ReadResult read(long offset, int maxBytes, int leaderEpoch, boolean atLeastOneBatch) {
        var wrong = wrongEpoch(leaderEpoch);
        if (wrong != Errors.NONE) return new ReadResult.Refused(wrong, -1, -1);
        if (offset < log.startOffset() || offset > log.endOffset()) {
            return new ReadResult.Refused(Errors.OFFSET_OUT_OF_RANGE, highWatermark(), log.startOffset());
        }
        if (log.isQuarantined(offset)) {
            return new ReadResult.Refused(Errors.CORRUPT_MESSAGE, highWatermark(), log.startOffset());
        }
        try {
            return switch (log.reader().read(offset, highWatermark(), maxBytes, atLeastOneBatch)) {
                case LogRead.Bytes(var slice) -> new ReadResult.Records(slice, highWatermark(), log.startOffset());
                case LogRead.Nothing _ -> new ReadResult.Records(null, highWatermark(), log.startOffset());
                case LogRead.Cold(var lookup) -> new ReadResult.Cold(lookup);
            };
        } catch (IOException e) {
            readFailed(offset, e);
            return new ReadResult.Refused(Errors.KAFKA_STORAGE_ERROR, -1, -1);
        }
    }

    /// What whoever did the last [#read] will need next, when a file thread should look it up meanwhile:
    /// to be given to [#learn], or released.
    public Optional<ColdLookup> ahead() {
        return isOffline ? Optional.empty() : log.reader().ahead();
    }

    /// Takes in what a look-up of this partition found, so that the same read goes on from there.
    ///
    /// @return what to tell the reader when nothing can be read there; otherwise it reads again
    public Optional<ReadResult.Refused> learn(ColdLookup lookup) {
        try {
            log.reader().learn(lookup);
            return Optional.empty();
        } catch (IOException e) {
            readFailed(lookup.offset(), e);
            return Optional.of(new ReadResult.Refused(Errors.KAFKA_STORAGE_ERROR, -1, -1));
        }
    }

    /// Runs `bell` once, on this loop, when there is more to read or the partition changes; unless
    /// [#unwatch] comes before.
    public void watch(Runnable bell) {
        highWatermark.watch(bell);
    }

    public void unwatch(Runnable bell) {
        highWatermark.unwatch(bell);
    }

    /// How many readers wait for more.
    public int watchers() {
        return highWatermark.watchers();
    }

    /// Whether a reader who believes in `leaderEpoch` (-1: any) may ask here: NONE, or what to tell it.
    public Errors wrongEpoch(int leaderEpoch) {
        if (isOffline) return Errors.KAFKA_STORAGE_ERROR;
        return leadership.wrongEpoch(leaderEpoch);
    }

    /// Deletes the records before `offset` (-1: before the high watermark).
    ///
    /// @return the new first offset, or nothing when `offset` is not between the first one and the high
    ///         watermark
    public Optional<Long> deleteBefore(long offset) throws IOException {
        long target = offset == -1 ? highWatermark() : offset;
        if (target < 0 || target > highWatermark()) return Optional.empty();
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
        boolean isNewEpoch = newState.leaderEpoch() != leadership.epoch();
        if (isNewEpoch && writeIsDue) write();
        leadership = new Leadership(leadership.nodeId(), newState);
        if (!isNewEpoch) return;
        if (leadership.isHere()) {
            log.epochs().begin(leadership.epoch(), log.endOffset());
        } else {
            refuseWaiting(new Refused(Errors.NOT_LEADER_OR_FOLLOWER, "this node does not lead it any more"));
        }
        highWatermark.ring();
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
            boolean hasDropped = log.retain(highWatermark()) > 0;
            publishedSizeBytes = log.sizeBytes();
            return hasDropped;
        } catch (IOException e) {
            goOffline(e);
            return false;
        }
    }

    /// One step of putting its log to rest, when nobody has written to it for a while.
    ///
    /// @return whether there was something to do
    boolean rest() {
        return !isOffline && log.rest();
    }

    boolean isCompacted() {
        return config.isCompacted() && !isOffline;
    }

    /// How much of it waits for compaction: of what is committed, and belongs to no open transaction.
    Dirtiness dirtiness(FolderCleaner cleaner) {
        return cleaner.dirtiness(log, stableOffset());
    }

    private long stableOffset() {
        return Math.min(highWatermark(), lastStableOffset());
    }

    /// Compacts it; kept when that has ended.
    Promise<Outcome> clean(FolderCleaner cleaner, FolderCleaner.Limits limits, Codecs codecs) {
        var ended = new Promise<Outcome>();
        boolean hasBegun =
                cleaner.clean(log, stableOffset(), limits, codecs.reader(), codecs.filter(), loop, result -> {
                    publishedSizeBytes = log.sizeBytes();
                    ended.complete(result.outcome());
                });
        return hasBegun ? ended : Promise.of(Outcome.NOTHING_TO_DO);
    }

    /// Whether there is something in it that the disk has to be asked for again: also what a reader
    /// could not read.
    boolean isUnverified(FolderScrubber scrubber) {
        if (isSuspect) scrubber.doubt(log);
        isSuspect = false;
        return !isOffline && scrubber.isDue(log);
    }

    /// Verifies what the disk holds of it, and mends it; kept when that has ended.
    Promise<FolderScrubber.Outcome> verify(FolderScrubber scrubber) {
        var ended = new Promise<FolderScrubber.Outcome>();
        boolean hasBegun = scrubber.scrub(log, loop, outcome -> {
            publishedSizeBytes = log.sizeBytes();
            ended.complete(outcome);
        });
        return hasBegun ? ended : Promise.of(FolderScrubber.Outcome.NOT_NOW);
    }

    /// The partition leaves this loop: everyone who waits is told.
    ///
    /// @param code what to tell them
    void leave(Errors code) {
        if (!isOffline && writeIsDue) write();
        isOffline = true;
        refuseWaiting(new Refused(code, "the partition is gone from this node"));
        highWatermark.ring();
    }

    private void goOffline(IOException cause) {
        boolean isFull = cause instanceof DiskFullException;
        if (isFull) {
            LOG.warn("partition {}-{} is offline until its log is opened again: the disk is full", topic, id.index());
        } else {
            LOG.error("partition {}-{} goes offline: its log cannot be used any more", topic, id.index(), cause);
        }
        isOffline = true;
        refuseWaiting(offline());
        highWatermark.ring();
        if (isFull) whenFull.run();
    }

    /// From now on `bell` runs when the partition has gone offline because the disk was full: it can be
    /// closed, and opened again.
    void whenFull(Runnable bell) {
        whenFull = bell;
    }

    /// Lets go of the log of a partition that is offline.
    void close() {
        try {
            log.close();
        } catch (IOException e) {
            LOG.warn("the log of {}-{} could not be closed", topic, id.index(), e);
        }
    }

    /// What cannot be read in one place says nothing about the rest, nor about what is appended.
    private void readFailed(long offset, IOException cause) {
        if (!log.isUsable()) {
            goOffline(cause);
        } else if (!hasFailedToRead) {
            hasFailedToRead = true;
            isSuspect = true;
            LOG.warn(
                    "partition {}-{} cannot be read at offset {}: {}; what it holds is verified now, and later failures are not told",
                    topic,
                    id.index(),
                    offset,
                    cause.getMessage());
        }
    }

    private void refuseWaiting(Refused refusal) {
        releaseAll();
        highWatermark.refuseAll(refusal);
    }

    private void releaseAll() {
        var due = List.copyOf(releases);
        releases.clear();
        due.forEach(Runnable::run);
    }

    private static Refused offline() {
        return new Refused(Errors.KAFKA_STORAGE_ERROR, "the log of this partition cannot be written");
    }

    private @Nullable Refused refusal(short acks) {
        return isOffline ? offline() : leadership.refusal(acks, config.minInsyncReplicas());
    }

    private static Promise<AppendResult> refused(Refused refusal, Runnable release) {
        release.run();
        return Promise.of(refusal);
    }

    public boolean isLeader() {
        return leadership.isHere() && !isOffline;
    }

    /// Whether its log failed, or it left this node.
    public boolean isOffline() {
        return isOffline;
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
        return leadership.state();
    }

    public long highWatermark() {
        return highWatermark.offset();
    }

    /// The first offset behind everything that transactions may still undo; without transactions, the
    /// high watermark.
    public long lastStableOffset() {
        return highWatermark();
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
        return log.reader().firstAtOrAfter(timestampMs, highWatermark(), reader);
    }

    /// The record with the greatest timestamp, below the high watermark. The look-up blocks: run it off
    /// the loop.
    public TimeLookup newest(RecordReader reader) {
        return log.reader().newest(highWatermark(), reader);
    }

    /// The time of the batch that holds `offset`, which lies between the first one and the high
    /// watermark. The look-up blocks: run it off the loop.
    public BatchTimeLookup batchTime(long offset) {
        return log.reader().batchTime(offset);
    }

    /// Counts bytes handed out to a reader; any thread.
    public void countOut(int bytes) {
        meters.bytesOut(bytes);
    }

    /// The epoch of the leader, when this node knows one.
    public OptionalInt leaderEpoch() {
        return state().leader() < 0 ? OptionalInt.empty() : OptionalInt.of(leadership.epoch());
    }
}
