package io.millrace.broker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.message.FetchRequestData;
import org.jspecify.annotations.Nullable;

/// The fetch sessions of one loop: a bounded number, with a bounded number of positions in all of them.
///
/// Who makes way for a new session follows Kafka: the one that is unused for longest, when that is two minutes or
/// more; else, for want of a slot, the smallest of those that are older than two minutes, when the new one is
/// larger. A reader for whom there is no room fetches without a session.
final class FetchSessions {

    private static final long MIN_AGE_NS = 120_000_000_000L;

    private final int mostSessions;
    private final int mostPositions;
    private final Random random;
    private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>();
    private int positions;

    FetchSessions(int mostSessions, int mostPositions, Random random) {
        this.mostSessions = mostSessions;
        this.mostPositions = mostPositions;
        this.random = random;
    }

    @Nullable
    FetchSession get(int id) {
        return sessions.get(id);
    }

    void remove(int id) {
        var removed = sessions.remove(id);
        if (removed != null) positions -= removed.weight();
    }

    /// A new session for what the request names, or null when there is no room.
    @Nullable
    FetchSession open(FetchRequestData request, boolean usesTopicIds, long nowNs) {
        int id;
        do {
            id = 1 + random.nextInt(Integer.MAX_VALUE - 1);
        } while (sessions.containsKey(id));
        var session = new FetchSession(id, usesTopicIds, nowNs);
        session.update(request);
        if (session.weight() > mostPositions) return null;
        if (!makeSlot(session.size(), nowNs) || !makeRoom(session.weight(), nowNs)) return null;
        sessions.put(id, session);
        positions += session.weight();
        return session;
    }

    /// Takes in what the request says of `session`. False when there is no room for what it adds: then the session
    /// is gone.
    boolean update(FetchSession session, FetchRequestData request, long nowNs) {
        session.advance(nowNs);
        positions -= session.weight();
        session.update(request);
        positions += session.weight();
        if (session.weight() <= mostPositions && makeRoom(0, nowNs)) return true;
        remove(session.id());
        return false;
    }

    /// How many positions all sessions have.
    int positions() {
        return positions;
    }

    private boolean makeSlot(int size, long nowNs) {
        if (sessions.size() < mostSessions) return true;
        var stale = stale(nowNs);
        var leaves = stale == null ? smallerThan(size, nowNs) : stale;
        if (leaves == null) return false;
        remove(leaves.id());
        return true;
    }

    private boolean makeRoom(int size, long nowNs) {
        while (size > mostPositions - positions) {
            var stale = stale(nowNs);
            if (stale == null) return false;
            remove(stale.id());
        }
        return true;
    }

    /// The session that is unused for longest, if that is long enough.
    private @Nullable FetchSession stale(long nowNs) {
        FetchSession oldest = null;
        for (var session : sessions.values()) {
            if (oldest == null || session.lastUsedNs() < oldest.lastUsedNs()) oldest = session;
        }
        return oldest != null && isStale(oldest, nowNs) ? oldest : null;
    }

    /// The smallest session that is old enough, if it is smaller than a new one of this size.
    private @Nullable FetchSession smallerThan(int size, long nowNs) {
        FetchSession smallest = null;
        for (var session : sessions.values()) {
            if (nowNs - session.madeNs() < MIN_AGE_NS) continue;
            if (smallest == null || session.size() < smallest.size()) smallest = session;
        }
        return smallest != null && smallest.size() < size ? smallest : null;
    }

    private static boolean isStale(FetchSession session, long nowNs) {
        return nowNs - session.lastUsedNs() >= MIN_AGE_NS;
    }
}
