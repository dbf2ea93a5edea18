package io.millrace.broker;

import io.millrace.broker.FetchSession.Position;
import io.millrace.model.Promise;
import io.millrace.net.Loop;
import io.millrace.replica.Partition;
import io.millrace.replica.ReadResult;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One fetch: reads its partitions, and waits for more when there is too little.
///
/// It reads everything once. With enough bytes, an error, or no time to wait, that is the answer. Otherwise
/// it hangs a
/// bell on every partition; when one rings, that partition is read again; when the time is over, what there
/// is will
/// do. It lives on the connection's loop; partitions of other loops are read there, once per loop and round.
final class FetchRun {

    private static final long NS_PER_MS = 1_000_000;

    /// What one position came to.
    record Outcome(Position position, ReadResult result) {}

    private final Call call;
    private final Shards shards;
    private final int maxBytes;
    private final int minBytes;
    private final List<Item> items = new ArrayList<>();
    private final Promise<List<Outcome>> done = new Promise<>();
    private final Runnable onClose = this::abandon;
    private Loop.@Nullable Timer deadline;
    private boolean isReading;
    private boolean isOver;
    private boolean isAbandoned;

    /// One partition of the fetch.
    private final class Item {

        final Position position;
        final FetchPartition wanted;
        final Uuid topic;
        final Shard owner;

        @Nullable
        ReadResult result;

        boolean isDue = true;

        /// Only touched on the owner's loop.
        @Nullable
        Partition watched;

        /// Where the result came from.
        @Nullable
        Partition source;

        final Runnable bell = this::rang;

        Item(Position position, Uuid topic) {
            this.position = position;
            this.wanted = position.wanted();
            this.topic = topic;
            this.owner = shards.owner(topic, position.key().partition());
        }

        /// On the owner's loop; the bell is off its partition already.
        private void rang() {
            watched = null;
            if (owner == call.here()) {
                again(this);
            } else {
                call.here().loop().execute(() -> again(this));
            }
        }

        /// On the owner's loop.
        void unwatch() {
            if (watched != null) watched.unwatch(bell);
            watched = null;
        }
    }

    /// @param maxBytes most bytes of the answer, except that the first batch is given whole
    /// @param minBytes with fewer bytes than this, wait
    FetchRun(Call call, Shards shards, List<Position> positions, int maxBytes, int minBytes) {
        this.call = call;
        this.shards = shards;
        this.maxBytes = maxBytes;
        this.minBytes = minBytes;
        for (var position : positions) items.add(new Item(position, topicId(call, position)));
    }

    private static Uuid topicId(Call call, Position position) {
        if (call.version() >= FetchHandler.FIRST_VERSION_WITH_TOPIC_IDS)
            return position.key().topicId();
        return call.image()
                .topic(position.key().topic())
                .map(known -> known.id())
                .orElse(Uuid.ZERO_UUID);
    }

    /// @param maxWaitMs how long to wait for `minBytes`
    Promise<List<Outcome>> start(int maxWaitMs) {
        if (maxWaitMs <= 0 || minBytes == 0) isOver = true;
        readDue();
        if (!done.isDone() && !isOver) {
            deadline = call.here().loop().later(maxWaitMs * NS_PER_MS, this::timeIsUp);
            call.client().onClose(onClose);
        }
        return done;
    }

    /// Reads every item that is due, loop by loop, and decides when all have answered.
    private void readDue() {
        isReading = true;
        boolean isAloneHere = true;
        int left = maxBytes;
        var away = new ArrayList<Promise<List<ReadResult>>>();
        var awayItems = new ArrayList<List<Item>>();
        for (var shard : shards.all()) {
            if (shard == call.here()) continue;
            var due = items.stream()
                    .filter(item -> item.isDue && item.owner == shard)
                    .toList();
            if (due.isEmpty()) continue;
            isAloneHere = false;
            due.forEach(item -> item.isDue = false);
            awayItems.add(due);
            away.add(shards.on(shard, call.here(), there -> readAll(there, due)));
        }
        for (var item : items) {
            if (item.isDue
                    && item.owner == call.here()
                    && call.here().open(item.topic, item.position.key().partition()) != null) {
                item.isDue = false;
                take(item, read(call.here(), item, Math.max(0, left), left == maxBytes));
                if (item.result instanceof ReadResult.Records records) left -= records.sizeBytes();
            }
        }
        for (var item : items) {
            if (!item.isDue || item.owner != call.here()) continue;
            item.isDue = false;
            isAloneHere = false;
            awayItems.add(List.of(item));
            away.add(readAll(call.here(), List.of(item)));
        }
        if (isAloneHere) {
            decide();
            return;
        }
        Promise.all(away).then(lists -> {
            for (int i = 0; i < lists.size(); i++) {
                for (int j = 0; j < lists.get(i).size(); j++) {
                    take(awayItems.get(i).get(j), lists.get(i).get(j));
                }
            }
            decide();
        });
    }

    private void take(Item item, ReadResult result) {
        release(item);
        item.result = result;
    }

    private Promise<List<ReadResult>> readAll(Shard there, List<Item> due) {
        return Promise.all(due.stream().map(item -> readWhenOpen(there, item)).toList());
    }

    private Promise<ReadResult> readWhenOpen(Shard there, Item item) {
        int index = item.position.key().partition();
        if (there.open(item.topic, index) != null) return Promise.of(read(there, item, maxBytes, true));
        return there.find(item.topic, index).map(found -> switch (found) {
            case Shard.Found.Here _ -> read(there, item, maxBytes, true);
            case Shard.Found.NotHere(var code) -> new ReadResult.Refused(code, -1, -1);
        });
    }

    /// On the owner's loop. Hangs the bell on a partition that has nothing more to give right now.
    private ReadResult read(Shard there, Item item, int bytesLeft, boolean atLeastOneBatch) {
        var partition = there.open(item.topic, item.position.key().partition());
        if (partition == null) return new ReadResult.Refused(Errors.NOT_LEADER_OR_FOLLOWER, -1, -1);
        item.unwatch();
        item.source = partition;
        var wanted = item.wanted;
        int limit = Math.min(wanted.partitionMaxBytes(), bytesLeft);
        var result = partition.read(wanted.fetchOffset(), limit, wanted.currentLeaderEpoch(), atLeastOneBatch);
        if (result instanceof ReadResult.Records && !isOver) {
            item.watched = partition;
            partition.watch(item.bell);
        }
        return result;
    }

    private void decide() {
        isReading = false;
        if (isAbandoned) {
            items.forEach(this::release);
            return;
        }
        boolean anyRefused = false;
        long bytes = 0;
        for (var item : items) {
            if (item.result instanceof ReadResult.Records records) bytes += records.sizeBytes();
            if (item.result instanceof ReadResult.Refused) anyRefused = true;
        }
        if (isOver || anyRefused || bytes >= minBytes || items.isEmpty()) {
            finish();
        } else if (items.stream().anyMatch(item -> item.isDue)) {
            readDue();
        }
    }

    /// A partition rang, on the connection's loop.
    private void again(Item item) {
        if (done.isDone() || isAbandoned) return;
        item.isDue = true;
        if (!isReading) readDue();
    }

    private void timeIsUp() {
        deadline = null;
        isOver = true;
        if (!isReading) decide();
    }

    private void finish() {
        isOver = true;
        leave();
        long left = maxBytes;
        boolean isFirst = true;
        var outcomes = new ArrayList<Outcome>(items.size());
        for (var item : items) {
            var result = item.result;
            if (result == null) throw new IllegalStateException("a partition was not read");
            if (result instanceof ReadResult.Records records && records.slice() != null) {
                if (!isFirst && records.sizeBytes() > left) {
                    release(item);
                    result = new ReadResult.Records(null, records.highWatermark(), records.logStartOffset());
                } else {
                    left -= records.sizeBytes();
                    isFirst = false;
                    if (item.source != null) item.source.countOut(records.sizeBytes());
                }
            }
            outcomes.add(new Outcome(item.position, result));
        }
        done.complete(outcomes);
    }

    /// The client is gone: nobody wants the answer.
    private void abandon() {
        if (done.isDone()) return;
        isAbandoned = true;
        isOver = true;
        leave();
        if (!isReading) items.forEach(this::release);
    }

    private void leave() {
        if (deadline != null) deadline.cancel();
        deadline = null;
        call.client().forget(onClose);
        for (var shard : shards.all()) {
            if (shard == call.here()) {
                for (var item : items) if (item.owner == shard) item.unwatch();
            } else if (items.stream().anyMatch(item -> item.owner == shard)) {
                shard.loop()
                        .execute(() -> items.stream()
                                .filter(item -> item.owner == shard)
                                .forEach(Item::unwatch));
            }
        }
    }

    private void release(Item item) {
        if (item.result instanceof ReadResult.Records records && records.slice() != null) {
            records.slice().place().release();
        }
        item.result = null;
    }
}
