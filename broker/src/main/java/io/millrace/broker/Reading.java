package io.millrace.broker;

import io.millrace.broker.FetchRun.Outcome;
import io.millrace.broker.FetchSession.Position;
import io.millrace.log.ColdLookup;
import io.millrace.model.Promise;
import io.millrace.replica.Partition;
import io.millrace.replica.ReadResult;
import io.millrace.replica.Shard;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One partition of a fetch: what is wanted of it, and what was read last.
///
/// It belongs to the connection's loop, which gives it to the partition's loop to be read and leaves it
/// alone until it is back. The bell is always the partition's loop's.
final class Reading {

    /// So often the disk is asked for one read while the log changes; then the reader has to come again.
    private static final int MOST_LOOKUPS = 4;

    /// How it is to be read.
    ///
    /// @param maxBytes        the room there is
    /// @param atLeastOneBatch give a batch though it is larger than that
    /// @param mayWait         hang the bell, for the fetch may have to wait for more
    record Terms(ColdReads cold, int maxBytes, boolean atLeastOneBatch, boolean mayWait) {}

    private final Position position;
    private final FetchPartition wanted;
    private final Uuid topic;
    private final Shard owner;
    private final Runnable bell;
    private boolean isDue = true;
    private int expectedBytes;

    /// There was no room for it beside what others may give: it is read again when they gave less.
    private boolean isCramped;

    /// Too much waited for the disk: it is read again soon.
    private boolean isPutOff;

    /// What the last read gave; its slice, if any, is held here.
    private ReadResult.@Nullable Done result;

    private @Nullable Partition source;

    /// Where the bell hangs; of the owner's loop.
    private @Nullable Partition watched;

    /// @param owner the shard of the partition
    /// @param rang  told, on the owner's loop, when there is more to read
    Reading(Position position, Uuid topic, Shard owner, Consumer<Reading> rang) {
        this.position = position;
        this.wanted = position.wanted();
        this.topic = topic;
        this.owner = owner;
        this.bell = () -> {
            watched = null;
            rang.accept(this);
        };
    }

    Shard owner() {
        return owner;
    }

    /// Whether it is to be read, for the first time or again.
    boolean isDue() {
        return isDue;
    }

    void becomeDue() {
        isDue = true;
    }

    /// Gives it to the owner's loop.
    void giveAway() {
        isDue = false;
    }

    int sizeBytes() {
        return result instanceof ReadResult.Records records ? records.sizeBytes() : 0;
    }

    /// It was read with no room for bytes, and may have some.
    void cramp() {
        isCramped = true;
    }

    boolean isCramped() {
        return isCramped;
    }

    boolean isPutOff() {
        return isPutOff;
    }

    boolean isRefused() {
        return result instanceof ReadResult.Refused;
    }

    /// On the owner's loop: reads.
    ///
    /// @return kept when that is done, which is at once when nothing has to come from the disk; nothing
    ///         when the partition is not open, and nothing was done
    Optional<Promise<Boolean>> readIfOpen(Terms terms) {
        var partition = owner.open(topic, position.key().partition());
        if (partition == null) return Optional.empty();
        isDue = false;
        return Optional.of(read(partition, terms, 0));
    }

    /// On the owner's loop: the same, waiting for the partition while it is being opened, but not
    /// beyond `waitNs`.
    Promise<Boolean> readWhenOpen(Terms terms, long waitNs) {
        return owner.find(topic, position.key().partition(), waitNs).flatMap(found -> switch (found) {
            case Shard.Found.Here(var partition) -> read(partition, terms, 0);
            case Shard.Found.NotHere(var code) -> refuse(code);
        });
    }

    /// @param lookups how often the disk was asked for it already: every time the log had
    ///                changed meanwhile
    private Promise<Boolean> read(Partition partition, Terms terms, int lookups) {
        unwatch();
        release();
        source = partition;
        int limit = Math.min(wanted.partitionMaxBytes(), terms.maxBytes());
        return switch (partition.read(
                wanted.fetchOffset(), limit, wanted.currentLeaderEpoch(), terms.atLeastOneBatch())) {
            case ReadResult.Cold(var lookup) -> look(partition, lookup, terms, lookups);
            case ReadResult.Done done -> {
                take(partition, done, terms);
                if (sizeBytes() > 0) lookAhead(partition, terms.cold());
                yield Promise.of(true);
            }
        };
    }

    /// While the client is busy with these bytes, the next ones are looked up.
    private void lookAhead(Partition partition, ColdReads cold) {
        partition.ahead().flatMap(next -> cold.look(owner, next)).ifPresent(looked -> looked.then(partition::learn));
    }

    private void take(Partition partition, ReadResult.Done done, Terms terms) {
        result = done;
        if (isRefused() || !terms.mayWait()) return;
        watched = partition;
        partition.watch(bell);
    }

    private Promise<Boolean> look(Partition partition, ColdLookup lookup, Terms terms, int lookups) {
        expectedBytes = lookup.expectedBytes();
        if (lookups == MOST_LOOKUPS) {
            lookup.release();
            return putOff(partition, terms);
        }
        var looked = terms.cold().look(owner, lookup);
        if (looked.isEmpty()) return putOff(partition, terms);
        return looked.get().flatMap(done -> {
            var refused = partition.learn(done);
            if (refused.isPresent()) {
                take(partition, refused.get(), terms);
                return Promise.of(true);
            }
            var now = owner.open(topic, position.key().partition());
            return now == null ? refuse(Errors.NOT_LEADER_OR_FOLLOWER) : read(now, terms, lookups + 1);
        });
    }

    /// Gives nothing for now.
    private Promise<Boolean> putOff(Partition partition, Terms terms) {
        isPutOff = true;
        take(partition, new ReadResult.Records(null, partition.highWatermark(), partition.logStartOffset()), terms);
        return Promise.of(true);
    }

    /// Whether nothing has come of the read yet.
    boolean isUnderWay() {
        return result == null;
    }

    /// While the disk is asked: how much may come.
    int expectedBytes() {
        return expectedBytes;
    }

    /// It is not here.
    Promise<Boolean> refuse(Errors code) {
        release();
        result = new ReadResult.Refused(code, -1, -1);
        return Promise.of(true);
    }

    /// On the owner's loop.
    void unwatch() {
        if (watched != null) watched.unwatch(bell);
        watched = null;
    }

    /// What goes into the answer. A slice goes with it.
    Outcome outcome() {
        if (sizeBytes() > 0 && source != null) source.countOut(sizeBytes());
        return new Outcome(position, read());
    }

    /// The same without bytes, for which the answer has no room.
    Outcome outcomeWithoutBytes() {
        var before = read();
        release();
        var bare = before instanceof ReadResult.Records records
                ? new ReadResult.Records(null, records.highWatermark(), records.logStartOffset())
                : before;
        return new Outcome(position, bare);
    }

    private ReadResult.Done read() {
        if (result == null) throw new IllegalStateException("a partition was not read");
        return result;
    }

    /// Forgets what was read.
    void release() {
        if (result instanceof ReadResult.Records records && records.slice() != null) {
            records.slice().place().release();
        }
        result = null;
        expectedBytes = 0;
        isCramped = false;
        isPutOff = false;
    }
}
