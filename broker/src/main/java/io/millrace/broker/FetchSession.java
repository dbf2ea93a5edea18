package io.millrace.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;

/// What one reader wants to read, kept between its fetches so that it names only what changed (KIP-227).
///
/// Partitions that gave records go to the back, so that each gets its turn under the byte limit.
final class FetchSession {

    /// Names of topics that exist are not longer.
    private static final int USUAL_NAME_CHARS = 250;

    /// A partition as the reader names it: by name up to version 12, by id (and an empty name) from 13 on.
    ///
    /// Keys have an order, so that a table of them stays quick when a reader chooses them to collide.
    record Key(String topic, Uuid topicId, int partition) implements Comparable<Key> {

        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::topicId).thenComparing(Key::topic).thenComparingInt(Key::partition);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }

        /// What it takes, in names of usual length.
        private int weight() {
            return 1 + topic.length() / USUAL_NAME_CHARS;
        }
    }

    /// Where the reader is in one partition, and what it was told last.
    static final class Position {

        private final Key key;
        private FetchPartition wanted;
        private long toldHighWatermark = -1;
        private long toldLogStart = -1;

        Position(Key key, FetchPartition wanted) {
            this.key = key;
            this.wanted = wanted;
        }

        Key key() {
            return key;
        }

        FetchPartition wanted() {
            return wanted;
        }

        /// An error was told: what was told before does not count any more.
        void tellError() {
            toldHighWatermark = -1;
            toldLogStart = -1;
        }

        /// Remembers what is told now; true when it differs from what was told before.
        boolean tell(long highWatermark, long logStart) {
            boolean isNew = highWatermark != toldHighWatermark || logStart != toldLogStart;
            toldHighWatermark = highWatermark;
            toldLogStart = logStart;
            return isNew;
        }
    }

    private final int id;
    private final boolean usesTopicIds;
    private final LinkedHashMap<Key, Position> positions = new LinkedHashMap<>();
    private final long madeNs;
    private int weight;
    private int nextEpoch = 1;
    private long lastUsedNs;

    FetchSession(int id, boolean usesTopicIds, long nowNs) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.madeNs = nowNs;
        this.lastUsedNs = nowNs;
    }

    int id() {
        return id;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    int nextEpoch() {
        return nextEpoch;
    }

    long madeNs() {
        return madeNs;
    }

    long lastUsedNs() {
        return lastUsedNs;
    }

    int size() {
        return positions.size();
    }

    /// How many positions it counts for: those with endless names count for more.
    int weight() {
        return weight;
    }

    /// One more fetch of this session begins. Epochs go round past 0, which means "new session".
    void advance(long nowNs) {
        nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
        lastUsedNs = nowNs;
    }

    /// Takes in what the request says: new positions, changed ones, forgotten ones.
    void update(FetchRequestData request) {
        for (var topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                var key = new Key(topic.topic(), topic.topicId(), partition);
                if (positions.remove(key) != null) weight -= key.weight();
            }
        }
        for (var topic : request.topics()) {
            for (var partition : topic.partitions()) {
                partition.unknownTaggedFields().clear(); // they are not kept for ever
                var key = new Key(topic.topic(), topic.topicId(), partition.partition());
                var known = positions.get(key);
                if (known == null) {
                    positions.put(key, new Position(key, partition));
                    weight += key.weight();
                } else {
                    known.wanted = partition;
                }
            }
        }
    }

    List<Position> positions() {
        return new ArrayList<>(positions.values());
    }

    void moveToBack(Position position) {
        if (positions.remove(position.key(), position)) positions.put(position.key(), position);
    }

    /// The positions of a request that belongs to no session.
    static List<Position> once(FetchRequestData request) {
        var session = new FetchSession(0, false, 0);
        session.update(request);
        return session.positions();
    }
}
