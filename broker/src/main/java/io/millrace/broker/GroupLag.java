package io.millrace.broker;

import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.model.metrics.Metrics;
import io.millrace.replica.Partition;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// How far groups are behind, in records and in seconds, for those who watch. One instance per loop, for
/// the groups
/// that live there.
///
/// Seconds behind is the age of the oldest record that the group has not committed, by that record's own
/// timestamp;
/// 0 when there is none.
final class GroupLag {

    private static final String RECORDS = "millrace_group_lag_records";
    private static final String SECONDS = "millrace_group_lag_seconds";

    /// What a group has committed in one partition.
    record Committed(String group, String topic, int partition, long offset) {}

    private record Key(String group, String topic, int partition) {}

    private record Behind(long records, long seconds) {}

    private record Meters(AtomicLong records, AtomicLong seconds) {}

    private final Shards shards;
    private final Shard here;
    private final Clock clock;
    private final Metrics metrics;
    private final Map<Key, Meters> metersOf = new HashMap<>();

    GroupLag(Shards shards, Shard here, Clock clock, Metrics metrics) {
        this.shards = shards;
        this.here = here;
        this.clock = clock;
        this.metrics = metrics;
    }

    /// Looks at every position; meters of positions that are gone are forgotten.
    void look(List<Committed> positions) {
        var seen = new HashSet<Key>();
        for (var committed : positions) {
            var topic = here.image().topic(committed.topic());
            if (topic.isEmpty()
                    || committed.partition() >= topic.get().partitions().size()) continue;
            var id = topic.get().id();
            seen.add(key(committed));
            shards.on(
                            shards.owner(id, committed.partition()),
                            here,
                            there -> {
                                var partition = there.open(id, committed.partition());
                                return Promise.of(
                                        partition == null ? new Behind(0, 0) : behind(partition, committed.offset()));
                            },
                            () -> new Behind(0, 0))
                    .then(behind -> set(committed, behind));
        }
        for (var gone : List.copyOf(metersOf.keySet())) if (!seen.contains(gone)) forget(gone);
    }

    void forgetAll() {
        List.copyOf(metersOf.keySet()).forEach(this::forget);
    }

    private Behind behind(Partition partition, long offset) {
        long first = Math.max(offset, partition.logStartOffset());
        long records = Math.max(0, partition.highWatermark() - first);
        if (records == 0) return new Behind(0, 0);
        long ageMs = clock.wallMs() - partition.timestampAt(first).orElse(clock.wallMs());
        return new Behind(records, Math.max(0, ageMs / 1000));
    }

    private void set(Committed committed, Behind behind) {
        var meters = metersOf.computeIfAbsent(key(committed), this::meters);
        meters.records().set(behind.records());
        meters.seconds().set(behind.seconds());
    }

    private Meters meters(Key key) {
        var meters = new Meters(new AtomicLong(), new AtomicLong());
        metrics.gauge(RECORDS, "Records a group has not committed yet.", meters.records()::get, labels(key));
        metrics.gauge(
                SECONDS, "Age of the oldest record a group has not committed yet.", meters.seconds()::get, labels(key));
        return meters;
    }

    private void forget(Key key) {
        metersOf.remove(key);
        metrics.forget(RECORDS, labels(key));
        metrics.forget(SECONDS, labels(key));
    }

    private static Key key(Committed committed) {
        return new Key(committed.group(), committed.topic(), committed.partition());
    }

    private static String[] labels(Key key) {
        return new String[] {"group", key.group(), "topic", key.topic(), "partition", Integer.toString(key.partition())
        };
    }
}
