package io.millrace.broker;

import io.millrace.broker.Lag.Behind;
import io.millrace.coordinator.group.GroupMachine.PositionReader;
import io.millrace.log.BatchTimeLookup;
import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.model.metrics.Metrics;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far groups are behind, in records and in seconds, for those who watch. One instance per loop, for the
/// groups that live there.
///
/// Seconds behind is the age of the oldest batch that the group has not committed, by its newest timestamp; 0 when
/// there is none. It is looked up by a file thread, once for every batch that a group stands before.
///
/// # Limits
///
/// A node measures [#MOST_MEASURED] positions (a group and a partition each), those that it met first; the others
/// have no gauges, which is said once in the log. A round looks up [#MOST_TIMES] times; the positions that are left
/// keep their last time and come first in the next round. One round ends before the next begins.
final class GroupLag {

    static final int MOST_MEASURED = 10_000;
    static final int MOST_TIMES = 500;

    private static final long UNREADABLE = Long.MIN_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(GroupLag.class);

    /// Groups that tell their positions.
    interface Source {
        void positions(PositionReader reader);
    }

    private final Shards shards;
    private final Shard here;
    private final FileErrands files;
    private final Clock clock;
    private final Metrics metrics;
    private final AtomicInteger measuredOnNode;
    private final Map<Lag.Key, Lag> lags = new LinkedHashMap<>();

    /// Those whose time is to be looked up, the longest waiting first.
    private final LinkedHashSet<Lag> timeless = new LinkedHashSet<>();

    private long round;
    private boolean isLooking;
    private long leftOut;
    private boolean hasWarned;

    /// @param measuredOnNode how many positions have gauges; all loops count here
    GroupLag(Shards shards, Shard here, FileErrands files, Clock clock, Metrics metrics, AtomicInteger measuredOnNode) {
        this.shards = shards;
        this.here = here;
        this.files = files;
        this.clock = clock;
        this.metrics = metrics;
        this.measuredOnNode = measuredOnNode;
    }

    /// Begins a round over the groups of `sources`, unless the last one is not over.
    void look(Collection<? extends Source> sources) {
        if (isLooking) return;
        isLooking = true;
        round++;
        leftOut = 0;
        ask(List.copyOf(sources).iterator());
    }

    void forgetAll() {
        List.copyOf(lags.values()).forEach(this::forget);
    }

    /// One source a turn, so that requests come between.
    private void ask(Iterator<? extends Source> left) {
        if (!left.hasNext()) {
            measure();
            return;
        }
        left.next().positions((group, topic, partition, offset) -> see(group, topic, partition, offset.offset()));
        Shards.tell(here, () -> ask(left));
    }

    private void see(String group, String topic, int partition, long committed) {
        var known = here.image().topic(topic);
        if (known.isEmpty() || known.get().partition(partition).isEmpty()) return;
        var key = new Lag.Key(group, topic, partition);
        var lag = lags.get(key);
        if (lag == null) {
            if (!mayMeasureOneMore()) {
                leftOut++;
                return;
            }
            lag = new Lag(key, metrics);
            lags.put(key, lag);
        }
        lag.see(round, known.get().id(), committed);
    }

    private boolean mayMeasureOneMore() {
        return measuredOnNode.getAndUpdate(count -> Math.min(count + 1, MOST_MEASURED)) < MOST_MEASURED;
    }

    /// Has every partition say how much lies before each group.
    private void measure() {
        warn();
        for (var lag : List.copyOf(lags.values())) if (!lag.wasSeenIn(round)) forget(lag);
        askOwners(lags.values(), GroupLag::behind).then(measured -> {
            measured.forEach(Lag::measured);
            for (var lag : lags.values()) {
                if (lag.wantsTime()) timeless.add(lag);
                else timeless.remove(lag);
            }
            lookUp();
        });
    }

    /// On the loop of the partition.
    private static Promise<List<Behind>> behind(Shard there, List<Lag> asked) {
        return Promise.of(asked.stream().map(lag -> behind(there, lag)).toList());
    }

    private static Behind behind(Shard there, Lag lag) {
        var partition = there.open(lag.topic(), lag.partition());
        if (partition == null) return Behind.NOT_AT_ALL;
        long first = Math.max(lag.committed(), partition.logStartOffset());
        return new Behind(first, Math.max(0, partition.highWatermark() - first));
    }

    private void lookUp() {
        var asked = timeless.stream().limit(MOST_TIMES).toList();
        askOwners(asked, this::times).then(times -> {
            times.forEach((lag, timeMs) -> {
                timeless.remove(lag);
                if (timeMs == UNREADABLE) timeless.add(lag);
                else lag.timeIs(lag.behind().first(), timeMs);
            });
            long nowMs = clock.wallMs();
            lags.values().forEach(lag -> lag.age(nowMs));
            isLooking = false;
        });
    }

    /// On the loop of the partitions. Nothing when too much waits for the disk already.
    private Promise<List<Long>> times(Shard there, List<Lag> asked) {
        var lookups = new ArrayList<@Nullable BatchTimeLookup>();
        for (var lag : asked) lookups.add(lookUp(there, lag));
        return files.send(there, () -> times(lookups), List::<Long>of, _ -> {}).orElseGet(() -> Promise.of(List.of()));
    }

    private static @Nullable BatchTimeLookup lookUp(Shard there, Lag lag) {
        var partition = there.open(lag.topic(), lag.partition());
        long first = lag.behind().first();
        if (partition == null || first < partition.logStartOffset() || first >= partition.highWatermark()) return null;
        return partition.batchTime(first);
    }

    /// On a file thread. Negative: there is no time; [#UNREADABLE]: it is to be looked up again, after the others.
    private static List<Long> times(List<@Nullable BatchTimeLookup> lookups) {
        var times = new ArrayList<Long>();
        IOException failure = null;
        for (var lookup : lookups) {
            long timeMs = -1;
            try {
                if (lookup != null) timeMs = lookup.find().orElse(-1);
            } catch (IOException e) {
                timeMs = UNREADABLE;
                failure = e;
            }
            times.add(timeMs);
        }
        if (failure != null)
            LOG.warn("how old records are that groups have not read cannot be told: {}", failure.toString());
        return times;
    }

    /// Asks the loops of the partitions, each once.
    ///
    /// @param question answered on that loop, by one answer for each that was asked about, or none at all
    private <A> Promise<Map<Lag, A>> askOwners(
            Collection<Lag> asked, BiFunction<Shard, List<Lag>, Promise<List<A>>> question) {
        var byOwner = new HashMap<Shard, List<Lag>>();
        for (var lag : asked) {
            byOwner.computeIfAbsent(shards.owner(lag.topic(), lag.partition()), _ -> new ArrayList<>())
                    .add(lag);
        }
        var all = new HashMap<Lag, A>();
        var answers = new ArrayList<Promise<Boolean>>();
        byOwner.forEach((owner, ofOwner) ->
                answers.add(shards.on(owner, here, there -> question.apply(there, ofOwner), List::<A>of)
                        .map(told -> {
                            for (int i = 0; i < told.size(); i++) all.put(ofOwner.get(i), told.get(i));
                            return true;
                        })));
        return Promise.all(answers).map(_ -> all);
    }

    private void forget(Lag lag) {
        lags.remove(lag.key());
        timeless.remove(lag);
        measuredOnNode.decrementAndGet();
        lag.forget(metrics);
    }

    private void warn() {
        if (leftOut == 0 || hasWarned) return;
        hasWarned = true;
        LOG.warn("more than {} positions of groups: the others ({} here) have no lag metrics", MOST_MEASURED, leftOut);
    }
}
