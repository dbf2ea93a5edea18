package io.millrace.sim;

import io.millrace.folder.Durability;
import io.millrace.log.Log;
import io.millrace.model.record.RecordBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What is known of one partition without asking its log: what was appended to it, and what of that must
/// be there whatever happens.
final class ExpectedLog {

    final String topic;
    final int partition;
    final Uuid topicId;
    final Durability durability;
    private final Map<Long, List<Appended>> byFirst = new HashMap<>();

    /// The log while it is open.
    @Nullable
    Log log;

    /// The last batch of the path that the log is; null when there is none.
    @Nullable
    Appended head;

    /// One past the last record, in memory or anywhere.
    long end;

    long start;

    /// The start must lie between these after a crash.
    long leastStart;

    long mostStart;

    /// What the next process must find: what lies before, on the path of `head`.
    long kept;

    /// The same when the power was cut.
    long durable;

    /// The durable end it has said: it may say no less, in no life.
    long claimed;

    /// The largest leader epoch that ever began here.
    int leaderEpoch;

    /// Whether it was ever open: from then on it cannot vanish.
    boolean isThere;

    /// Whether it refused to work, and says nothing new from then on.
    boolean hasFailed;

    /// The durable end it had said when it, or its folder, failed.
    long frozenAt = Long.MAX_VALUE;

    /// Batches whose bytes the log may still need.
    final List<RecordBatch> unwritten = new ArrayList<>();

    /// The checkpoint file that was there when the partition came to be: it may speak of an older one of
    /// its name.
    @Nullable
    Object recoveryPointsAtBirth;

    ExpectedLog(String topic, int partition, Uuid topicId, Durability durability) {
        this.topic = topic;
        this.partition = partition;
        this.topicId = topicId;
        this.durability = durability;
    }

    String name() {
        return topic + "-" + partition;
    }

    /// Takes note of a batch before it is appended: from now on it may be found.
    Appended note(RecordBatch batch, int epoch) {
        var next = Appended.after(head, end, epoch, batch);
        byFirst.computeIfAbsent(next.first, _ -> new ArrayList<>(1)).add(next);
        leaderEpoch = Math.max(leaderEpoch, epoch);
        head = next;
        end = next.end;
        return next;
    }

    /// The last batch was refused, and is not in the log.
    void takeBack() {
        var last = head;
        if (last == null) return;
        end = last.first;
        head = last.before;
    }

    /// The log is about to be cut to `newEnd` or a little before: what is beyond is not promised
    /// any more.
    void cutting(long newEnd) {
        var last = head;
        while (last != null && last.end > newEnd) last = last.before;
        long safe = last == null ? 0 : Math.min(last.end, newEnd);
        kept = Math.min(kept, safe);
        durable = Math.min(durable, safe);
        claimed = Math.min(claimed, safe);
        leastStart = Math.min(leastStart, safe);
    }

    /// The log was cut to `newEnd`.
    void cut(long newEnd) {
        while (head != null && head.end > newEnd) head = head.before;
        end = newEnd;
        start = Math.min(start, newEnd);
        mostStart = start;
    }

    /// Which batch lies there in `bytes`; null when it is none that was ever appended.
    @Nullable
    Appended appendedAt(long first, byte[] bytes, int at) {
        for (var candidate : byFirst.getOrDefault(first, List.of())) {
            if (candidate.isIn(bytes, at)) return candidate;
        }
        return null;
    }

    /// The last batch of a producer; null when there is none.
    @Nullable
    Appended newestOf(long producerId) {
        var newest = head;
        while (newest != null && newest.producerId != producerId) newest = newest.before;
        return newest;
    }

    /// The last batches of every producer on the path, at most five each and of its newest epoch,
    /// newest first.
    Map<Long, List<Appended>> producers() {
        var producers = new HashMap<Long, List<Appended>>();
        for (var batch = head; batch != null; batch = batch.before) {
            if (batch.producerId < 0) continue;
            var known = producers.computeIfAbsent(batch.producerId, _ -> new ArrayList<>(5));
            boolean isOfNewestEpoch = known.isEmpty() || known.getFirst().producerEpoch() == batch.producerEpoch();
            if (isOfNewestEpoch && known.size() < 5) known.add(batch);
        }
        return producers;
    }

    @Override
    public String toString() {
        return "%s (%s) %d..%d, kept to %d, durable to %d".formatted(name(), topicId, start, end, kept, durable);
    }
}
