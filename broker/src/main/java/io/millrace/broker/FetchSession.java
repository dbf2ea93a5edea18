package io.millrace.broker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.jspecify.annotations.Nullable;

/// What one reader wants to read, kept between its fetches so that it names only what changed (KIP-227).
///
/// Partitions that gave records go to the back, so that each gets its turn under the byte limit.
final class FetchSession {

    /// A partition as the reader names it: by name up to version 12, by id (and an empty name) from 13 on.
    record Key(String topic, Uuid topicId, int partition) {}

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
    private int nextEpoch = 1;
    private long lastUsedNs;

    FetchSession(int id, boolean usesTopicIds, long nowNs) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
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

    long lastUsedNs() {
        return lastUsedNs;
    }

    int size() {
        return positions.size();
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
                positions.remove(new Key(topic.topic(), topic.topicId(), partition));
            }
        }
        for (var topic : request.topics()) {
            for (var partition : topic.partitions()) {
                var key = new Key(topic.topic(), topic.topicId(), partition.partition());
                var known = positions.get(key);
                if (known == null) {
                    positions.put(key, new Position(key, partition));
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

    /// The sessions of one loop: a bounded number, the one unused for longest makes way after a while.
    static final class Cache {

        private static final long MIN_AGE_NS = 120_000_000_000L;

        private final int capacity;
        private final java.util.Random random;
        private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>();

        Cache(int capacity, java.util.Random random) {
            this.capacity = capacity;
            this.random = random;
        }

        @Nullable
        FetchSession get(int id) {
            return sessions.get(id);
        }

        void remove(int id) {
            sessions.remove(id);
        }

        /// A new session, or null when every slot is in use: the reader then fetches without one.
        @Nullable
        FetchSession open(boolean usesTopicIds, long nowNs) {
            if (sessions.size() >= capacity && !makeRoom(nowNs)) return null;
            int id;
            do {
                id = 1 + random.nextInt(Integer.MAX_VALUE - 1);
            } while (sessions.containsKey(id));
            var session = new FetchSession(id, usesTopicIds, nowNs);
            sessions.put(id, session);
            return session;
        }

        private boolean makeRoom(long nowNs) {
            FetchSession oldest = null;
            for (var session : sessions.values()) {
                if (oldest == null || session.lastUsedNs() < oldest.lastUsedNs()) oldest = session;
            }
            if (oldest == null || nowNs - oldest.lastUsedNs() < MIN_AGE_NS) return false;
            sessions.remove(oldest.id());
            return true;
        }
    }
}
