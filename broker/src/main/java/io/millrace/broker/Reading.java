package io.millrace.broker;

import io.millrace.broker.FetchRun.Outcome;
import io.millrace.broker.FetchSession.Position;
import io.millrace.model.Promise;
import io.millrace.replica.Partition;
import io.millrace.replica.ReadResult;
import io.millrace.replica.Shard;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One partition of a fetch: what is wanted of it, and what was read last.
///
/// It belongs to the connection's loop, which gives it to the partition's loop to be read and leaves it alone
/// until it is back. The bell is always the partition's loop's.
final class Reading {

    private final Position position;
    private final FetchPartition wanted;
    private final Uuid topic;
    private final Shard owner;
    private final Runnable bell;
    private boolean isDue = true;

    /// What the last read gave; its slice, if any, is held here.
    private @Nullable ReadResult result;

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

    boolean isRefused() {
        return result instanceof ReadResult.Refused;
    }

    /// On the owner's loop: reads where that can be done at once.
    ///
    /// @param mayWait hang the bell, for the fetch may have to wait for more
    /// @return false when the partition is not open, and nothing was done
    boolean readIfOpen(int maxBytes, boolean atLeastOneBatch, boolean mayWait) {
        var partition = owner.open(topic, position.key().partition());
        if (partition == null) return false;
        isDue = false;
        read(partition, maxBytes, atLeastOneBatch, mayWait);
        return true;
    }

    /// On the owner's loop: the same, waiting for the partition while it is being opened, but not beyond `waitNs`.
    Promise<Boolean> readWhenOpen(int maxBytes, boolean mayWait, long waitNs) {
        return owner.find(topic, position.key().partition(), waitNs).map(found -> {
            switch (found) {
                case Shard.Found.Here(var partition) -> read(partition, maxBytes, true, mayWait);
                case Shard.Found.NotHere(var code) -> refuse(code);
            }
            return true;
        });
    }

    private void read(Partition partition, int maxBytes, boolean atLeastOneBatch, boolean mayWait) {
        unwatch();
        release();
        source = partition;
        int limit = Math.min(wanted.partitionMaxBytes(), maxBytes);
        result = partition.read(wanted.fetchOffset(), limit, wanted.currentLeaderEpoch(), atLeastOneBatch);
        if (isRefused()) return;
        if (!mayWait) return;
        watched = partition;
        partition.watch(bell);
    }

    void refuse(Errors code) {
        release();
        result = new ReadResult.Refused(code, -1, -1);
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

    private ReadResult read() {
        if (result == null) throw new IllegalStateException("a partition was not read");
        return result;
    }

    /// Forgets what was read.
    void release() {
        if (result instanceof ReadResult.Records records && records.slice() != null) {
            records.slice().place().release();
        }
        result = null;
    }
}
