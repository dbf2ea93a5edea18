package io.millrace.broker;

import io.millrace.model.metrics.Metrics;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;

/// How far one group is behind in one partition, as two gauges. Belongs to the loop of the group.
final class Lag {

    private static final String RECORDS = "millrace_group_lag_records";
    private static final String SECONDS = "millrace_group_lag_seconds";
    private static final String LIMIT =
            " For at most %,d groups and partitions on a node; see its log for more.".formatted(GroupLag.MOST_MEASURED);
    private static final long NOWHERE = -1;
    private static final long UNKNOWN = -1;

    /// Whose lag it is.
    record Key(String group, String topic, int partition) {

        private String[] labels() {
            return new String[] {"group", group, "topic", topic, "partition", Integer.toString(partition)};
        }
    }

    /// What the partition says.
    ///
    /// @param first   the first offset that the group has not committed
    /// @param records how many there are from there on
    record Behind(long first, long records) {

        static final Behind NOT_AT_ALL = new Behind(NOWHERE, 0);
    }

    private final Key key;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong seconds = new AtomicLong();
    private Uuid topic = Uuid.ZERO_UUID;
    private long committed;
    private long seenInRound;
    private Behind behind = Behind.NOT_AT_ALL;

    /// The offset whose time is known.
    private long lookedAt = NOWHERE;

    private long sinceMs = UNKNOWN;

    Lag(Key key, Metrics metrics) {
        this.key = key;
        metrics.gauge(RECORDS, "Records a group has not committed yet." + LIMIT, records::get, key.labels());
        metrics.gauge(
                SECONDS, "Age of the oldest record a group has not committed yet." + LIMIT, seconds::get, key.labels());
    }

    void forget(Metrics metrics) {
        metrics.forget(RECORDS, key.labels());
        metrics.forget(SECONDS, key.labels());
    }

    Key key() {
        return key;
    }

    Uuid topic() {
        return topic;
    }

    int partition() {
        return key.partition();
    }

    /// What the group has committed.
    long committed() {
        return committed;
    }

    Behind behind() {
        return behind;
    }

    /// The group was asked in this round, and said this.
    void see(long round, Uuid inTopic, long offset) {
        seenInRound = round;
        topic = inTopic;
        committed = offset;
    }

    boolean wasSeenIn(long round) {
        return seenInRound == round;
    }

    void measured(Behind now) {
        behind = now;
        records.set(now.records());
    }

    /// Whether it is not known how old the first record is.
    boolean wantsTime() {
        return behind.records() > 0 && behind.first() != lookedAt;
    }

    /// The time of the batch that holds `offset`; negative when it cannot be told.
    void timeIs(long offset, long timeMs) {
        lookedAt = offset;
        sinceMs = Math.max(UNKNOWN, timeMs);
    }

    /// Seconds go on with the clock, also while the time of a new first record is not known yet.
    void age(long nowMs) {
        if (behind.records() == 0) {
            sinceMs = UNKNOWN;
            lookedAt = NOWHERE;
        }
        seconds.set(sinceMs == UNKNOWN ? 0 : Math.max(0, (nowMs - sinceMs) / 1000));
    }
}
