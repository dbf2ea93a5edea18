package io.millrace.broker;

import io.millrace.broker.FetchSession.Position;
import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.replica.Shards;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Fetch, versions 4 to 18: finds out what is to be read (sessions, KIP-227), reads it ([FetchRun]), says it.
///
/// Sessions belong to the loop they were made on. A reader that comes back over another connection may land on
/// another loop; it is told that its session is not known, and begins a new one.
final class FetchHandler implements Handler<FetchRequestData, FetchResponseData> {

    static final int FIRST_VERSION_WITH_TOPIC_IDS = 13;

    private static final int FIRST_VERSION_WITH_SESSIONS = 7;
    private static final int NO_SESSION_EPOCH = -1;
    private static final int NEW_SESSION_EPOCH = 0;

    /// What a waiting fetch takes for each position, besides what the session keeps.
    private static final long WAITING_BYTES = 256;

    /// What a session keeps for each position, rather more than less.
    private static final long POSITION_BYTES = 512;

    /// Sessions may take this part of the heap.
    private static final long PART_OF_HEAP = 8;

    /// The limits of what is remembered of readers.
    record Kept(int sessions, int positions) {

        /// With as many positions as an eighth of the heap holds.
        static Kept inHeap(int sessions) {
            long positions = Runtime.getRuntime().maxMemory() / PART_OF_HEAP / POSITION_BYTES;
            return new Kept(sessions, (int) Math.min(Integer.MAX_VALUE, positions));
        }
    }

    private final Shards shards;
    private final ColdReads cold;
    private final Clock clock;
    private final int maxBytes;
    private final List<FetchSessions> sessionsOfLoop = new ArrayList<>();

    /// @param maxBytes the most bytes of records in one answer, whatever the reader asks for
    /// @param kept     how many sessions and positions all loops keep together
    FetchHandler(Shards shards, ColdReads cold, Clock clock, int maxBytes, Kept kept, Random random) {
        this.shards = shards;
        this.cold = cold;
        this.clock = clock;
        this.maxBytes = maxBytes;
        int loops = shards.all().size();
        for (var _ : shards.all()) {
            sessionsOfLoop.add(new FetchSessions(
                    Math.max(1, kept.sessions() / loops),
                    Math.max(1, kept.positions() / loops),
                    new Random(random.nextLong())));
        }
    }

    @Override
    public Promise<FetchResponseData> handle(Call call, FetchRequestData request) {
        var sessions = sessionsOfLoop.get(call.connection().loop().index());
        boolean hasSessions = call.version() >= FIRST_VERSION_WITH_SESSIONS;
        if (!hasSessions || request.sessionEpoch() == NO_SESSION_EPOCH) {
            if (hasSessions && request.sessionId() != 0) sessions.remove(request.sessionId());
            return run(call, request, null, FetchSession.once(request), true);
        }
        if (request.sessionEpoch() == NEW_SESSION_EPOCH) return begin(call, request, sessions);
        return goOn(call, request, sessions);
    }

    private Promise<FetchResponseData> begin(Call call, FetchRequestData request, FetchSessions sessions) {
        if (request.sessionId() != 0) sessions.remove(request.sessionId());
        var once = FetchSession.once(request);
        if (once.isEmpty()) return run(call, request, null, once, true);
        var session = sessions.open(request, call.version() >= FIRST_VERSION_WITH_TOPIC_IDS, clock.monotonicNs());
        if (session == null) return run(call, request, null, once, true);
        return run(call, request, session, session.positions(), true);
    }

    private Promise<FetchResponseData> goOn(Call call, FetchRequestData request, FetchSessions sessions) {
        var session = sessions.get(request.sessionId());
        if (session == null) return refuse(call, Errors.FETCH_SESSION_ID_NOT_FOUND);
        if (request.sessionEpoch() != session.nextEpoch()) return refuse(call, Errors.INVALID_FETCH_SESSION_EPOCH);
        if (session.usesTopicIds() != (call.version() >= FIRST_VERSION_WITH_TOPIC_IDS)) {
            return refuse(call, Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        if (!sessions.update(session, request, clock.monotonicNs())) {
            return refuse(call, Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.size() == 0) sessions.remove(session.id());
        return run(call, request, session, session.positions(), false);
    }

    private Promise<FetchResponseData> run(
            Call call,
            FetchRequestData request,
            @Nullable FetchSession session,
            List<Position> positions,
            boolean isFull) {
        int limit = Math.min(maxBytes, Math.max(0, request.maxBytes()));
        var run = new FetchRun(call, shards, cold, positions, limit, Math.clamp(request.minBytes(), 0, limit));
        boolean mayWait = call.hold(WAITING_BYTES * positions.size());
        return run.start(mayWait ? request.maxWaitMs() : 0)
                .map(outcomes -> FetchAnswer.of(call, session, outcomes, isFull));
    }

    private static Promise<FetchResponseData> refuse(Call call, Errors code) {
        return Promise.of(new FetchResponseData().setErrorCode(call.told(code).code()));
    }
}
