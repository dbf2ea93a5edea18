package io.millrace.broker;

import io.millrace.broker.FetchSession.Position;
import io.millrace.model.Promise;
import io.millrace.net.Loop;
import io.millrace.replica.ReadResult;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One fetch: reads its partitions, and waits for more when there is too little.
///
/// It reads everything once. With enough bytes, an error, or no time to wait, that is the answer.
/// Otherwise it hangs a bell on every partition; when one rings, that partition is read again; when the
/// time is over, what there is will do. It lives on the connection's loop; partitions of other loops are
/// read there, once per loop and round. What may have to come from the disk is looked up by a file
/// thread first ([ColdReads]).
final class FetchRun {

    private static final long NS_PER_MS = 1_000_000;

    /// After so long it is tried again, when too much waited for the disk.
    private static final long AGAIN_NS = 20 * NS_PER_MS;

    /// A partition that is being opened is waited for as long as the client waits for bytes, or
    /// this long.
    private static final long LEAST_OPENING_WAIT_MS = 500;

    /// What one position came to.
    record Outcome(Position position, ReadResult.Done result) {}

    private final Call call;
    private final Shards shards;
    private final ColdReads cold;
    private final int maxBytes;
    private final int minBytes;
    private final List<Reading> readings;
    private final Promise<List<Outcome>> done = new Promise<>();
    private final Runnable onClose = this::abandon;
    private Loop.@Nullable Timer deadline;
    private Loop.@Nullable Timer retry;
    private long openingWaitNs;

    /// Readings are with the loops of their partitions.
    private boolean isReading;

    /// There is no more waiting: what is being read is read last.
    private boolean isOver;

    private boolean isAbandoned;

    /// @param maxBytes most bytes of the answer, except that the first batch is given whole
    /// @param minBytes with fewer bytes than this, wait
    FetchRun(Call call, Shards shards, ColdReads cold, List<Position> positions, int maxBytes, int minBytes) {
        this.call = call;
        this.shards = shards;
        this.cold = cold;
        this.maxBytes = maxBytes;
        this.minBytes = minBytes;
        this.readings = new ArrayList<>(positions.size());
        Consumer<Reading> rang = this::rang;
        for (var position : positions) {
            var topic = topicId(call, position);
            var owner = shards.owner(topic, position.key().partition());
            readings.add(new Reading(position, topic, owner, rang));
        }
    }

    private static Uuid topicId(Call call, Position position) {
        var key = position.key();
        if (call.version() >= FetchHandler.FIRST_VERSION_WITH_TOPIC_IDS) return key.topicId();
        return call.image().topic(key.topic()).map(known -> known.id()).orElse(Uuid.ZERO_UUID);
    }

    /// Begins; once.
    ///
    /// @param maxWaitMs how long to wait for `minBytes`
    /// @return one outcome for each position, in their order; none when the client has gone
    Promise<List<Outcome>> start(int maxWaitMs) {
        if (maxWaitMs <= 0 || minBytes == 0) isOver = true;
        openingWaitNs = Math.max(maxWaitMs, LEAST_OPENING_WAIT_MS) * NS_PER_MS;
        readDue();
        if (!done.isDone() && !isOver) {
            deadline = call.here().loop().later(maxWaitMs * NS_PER_MS, this::timeIsUp);
            call.client().onClose(onClose);
        }
        return done;
    }

    /// One round: reads what is due, and decides when all of it was read.
    private void readDue() {
        isReading = true;
        var rounds = new ArrayList<Promise<Boolean>>();
        readHere(rounds);
        readAway(rounds);
        if (rounds.isEmpty()) decide();
        else Promise.all(rounds).then(_ -> decide());
    }

    /// Reads what is open on this loop, and adds what is not done at once.
    private void readHere(List<Promise<Boolean>> rounds) {
        var room = new Room(maxBytes);
        for (var reading : readings) {
            if (!reading.isDue() || reading.owner() != call.here()) continue;
            var round = reading.readIfOpen(new Reading.Terms(cold, room.left(), room.isUntouched(), !isOver));
            if (round.isEmpty()) continue;
            if (!round.get().isDone()) rounds.add(round.get());
            room.take(reading);
        }
    }

    /// Reads what is still due, every loop its own.
    private void readAway(List<Promise<Boolean>> rounds) {
        boolean mayWait = !isOver;
        for (var shard : shards.all()) {
            var due = readings.stream()
                    .filter(reading -> reading.isDue() && reading.owner() == shard)
                    .toList();
            if (due.isEmpty()) continue;
            due.forEach(Reading::giveAway);
            rounds.add(shards.on(shard, call.here(), _ -> readAll(due, mayWait), () -> refuseAll(due)));
        }
    }

    /// On the loop that owns them all.
    private Promise<Boolean> readAll(List<Reading> due, boolean mayWait) {
        var rounds = new ArrayList<Promise<Boolean>>(due.size());
        var room = new Room(maxBytes);
        for (var reading : due) {
            int left = room.leftByTheDisk();
            var terms = new Reading.Terms(cold, left, left > 0, mayWait);
            rounds.add(reading.readWhenOpen(terms, openingWaitNs));
            room.take(reading);
        }
        return Promise.all(rounds).map(_ -> true);
    }

    /// Their loop has ended: this node does not lead them any more.
    private static boolean refuseAll(List<Reading> due) {
        due.forEach(reading -> reading.refuse(Errors.NOT_LEADER_OR_FOLLOWER));
        return true;
    }

    private void decide() {
        isReading = false;
        if (isAbandoned) {
            drop();
            return;
        }
        boolean anyRefused = false;
        boolean anyDue = false;
        boolean anyPutOff = false;
        long bytes = 0;
        for (var reading : readings) {
            bytes += reading.sizeBytes();
            anyRefused |= reading.isRefused();
            if (reading.isCramped()) reading.becomeDue();
            anyDue |= reading.isDue();
            anyPutOff |= reading.isPutOff();
        }
        if (isOver || anyRefused || bytes >= minBytes || readings.isEmpty()) {
            finish();
        } else if (anyDue) {
            readDue();
        } else if (anyPutOff && retry == null) {
            retry = call.here().loop().later(AGAIN_NS, this::readPutOff);
        }
    }

    private void readPutOff() {
        retry = null;
        for (var reading : readings) if (reading.isPutOff()) reading.becomeDue();
        if (!isReading) readDue();
    }

    /// A partition has more to give; on the partition's loop.
    private void rang(Reading reading) {
        if (reading.owner() == call.here()) again(reading);
        else Shards.tell(call.here(), () -> again(reading));
    }

    private void again(Reading reading) {
        if (isOver) return;
        reading.becomeDue();
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
        var outcomes = new ArrayList<Outcome>(readings.size());
        for (var reading : readings) {
            int bytes = reading.sizeBytes();
            outcomes.add(isFirst || bytes <= left ? reading.outcome() : reading.outcomeWithoutBytes());
            if (bytes == 0) continue;
            left -= bytes;
            isFirst = false;
        }
        done.complete(outcomes);
    }

    /// The client is gone: nobody wants the answer.
    private void abandon() {
        if (done.isDone()) return;
        isAbandoned = true;
        isOver = true;
        leave();
        if (!isReading) drop();
    }

    private void drop() {
        leave(); // a partition may have been opened, and been given a bell, since
        readings.forEach(Reading::release);
        done.complete(List.of());
    }

    /// Takes down clock and bells.
    private void leave() {
        if (deadline != null) deadline.cancel();
        deadline = null;
        if (retry != null) retry.cancel();
        retry = null;
        call.client().forget(onClose);
        for (var shard : shards.all()) {
            if (shard == call.here()) unwatch(shard);
            else if (isAnyOn(shard)) Shards.tell(shard, () -> unwatch(shard));
        }
    }

    private boolean isAnyOn(Shard shard) {
        for (var reading : readings) if (reading.owner() == shard) return true;
        return false;
    }

    /// On the loop of `shard`.
    private void unwatch(Shard shard) {
        for (var reading : readings) if (reading.owner() == shard) reading.unwatch();
    }
}
