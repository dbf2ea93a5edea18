package io.millrace.broker;

import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.model.metrics.Metrics;
import io.millrace.net.Answer;
import io.millrace.net.Connection;
import io.millrace.net.Frame;
import io.millrace.net.FrameHandler;
import io.millrace.replica.Shards;
import io.millrace.wire.MalformedRequest;
import io.millrace.wire.Request;
import io.millrace.wire.RequestTooLarge;
import io.millrace.wire.ResponseWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where frames become requests, and answers become bytes.
///
/// Requests of one connection are all worked on; `net` sends the answers in order. A frame that is no request of
/// this table closes its connection, and so does one that is too large or takes too much memory ([RequestMemory]).
public final class KafkaDoor implements FrameHandler {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaDoor.class);

    private final ApiTable table;
    private final Shards shards;
    private final Clock clock;
    private final RequestMemory memory;
    private final Map<ApiKeys, ApiMeters> metersOf = new EnumMap<>(ApiKeys.class);

    public KafkaDoor(ApiTable table, Shards shards, Clock clock, Metrics metrics) {
        this(table, shards, clock, metrics, RequestMemory.ofHeap(metrics));
    }

    KafkaDoor(ApiTable table, Shards shards, Clock clock, Metrics metrics, RequestMemory memory) {
        this.table = table;
        this.shards = shards;
        this.clock = clock;
        this.memory = memory;
        for (var row : table.rows()) metersOf.put(row.api(), new ApiMeters(metrics, row.api()));
    }

    @Override
    public Promise<Answer> onFrame(Connection connection, Frame frame) {
        Call call = null;
        try {
            long startNs = clock.monotonicNs();
            int sizeBytes = frame.bytes().remaining();
            var request = Request.read(frame.bytes());
            var row = row(request);
            if (!row.speaks(request.version())) return Promise.of(versionUnknown(request));
            call = new Call(request, connection, shards.of(connection.loop()), frame, meters(request.api()), memory);
            var message = read(request, sizeBytes, call);
            return answerOf(call, request, row.handle(call, message), () -> clock.monotonicNs() - startNs);
        } catch (RuntimeException e) {
            if (call != null) call.failed(e);
            if (call == null || !call.isFrameTaken()) throw e;
            // Somebody still reads the bytes of the request: they stay, and only the connection goes.
            LOG.error("a request of API {} failed", call.api(), e);
            connection.close("its request failed");
            return Promise.of(Answer.NONE);
        } finally {
            if (call == null || !call.isFrameTaken()) frame.release();
        }
    }

    private ApiTable.Row row(Request request) {
        var row = table.row(request.api());
        if (row == null) throw new MalformedRequest("API " + request.api().name + " is not served here");
        return row;
    }

    /// The body of a request that is not too large, with the memory for it.
    private ApiMessage read(Request request, int sizeBytes, Call call) {
        if (sizeBytes > RequestMemory.MOST_BYTES && request.api() != ApiKeys.PRODUCE) {
            throw new RequestTooLarge("a request of API %s of %d bytes; other requests than Produce may have %d"
                    .formatted(request.api().name, sizeBytes, RequestMemory.MOST_BYTES));
        }
        var parsed = request.parse(memory.mostParsedBytes(), clock::monotonicNs);
        if (call.hold(parsed.heapBytes())) return parsed.message();
        throw new RequestTooLarge("a request of API %s takes %d bytes of memory; all requests may take %d"
                .formatted(request.api().name, parsed.heapBytes(), memory.mostBytes()));
    }

    private static Promise<Answer> answerOf(
            Call call, Request request, Promise<ApiMessage> promise, LongSupplier tookNs) {
        return promise.map(body -> {
            call.letGo();
            call.answered(tookNs.getAsLong());
            if (call.wantsNoAnswer()) return Answer.NONE;
            try {
                return answer(request, body);
            } catch (RuntimeException e) {
                LOG.error("an answer of API {} version {} cannot be written", call.api(), call.version(), e);
                call.connection().close("its answer could not be written");
                return Answer.NONE;
            }
        });
    }

    private ApiMeters meters(ApiKeys api) {
        var meters = metersOf.get(api);
        if (meters == null) throw new IllegalStateException("no meters for " + api);
        return meters;
    }

    private static Answer answer(Request request, ApiMessage body) {
        var parts = new Parts();
        ResponseWriter.write(request, body, parts);
        return parts.answer();
    }

    /// A client newer than this broker is told, in a form that every version can read, what is spoken here
    /// (KIP-511).
    ///
    /// @throws MalformedRequest for any other API: those have asked before
    private static Answer versionUnknown(Request request) {
        if (request.api() != ApiKeys.API_VERSIONS) {
            throw new MalformedRequest(
                    "%s version %d is not served here".formatted(request.api().name, request.version()));
        }
        var parts = new Parts();
        ResponseWriter.write(request.correlationId(), (short) 0, (short) 0, ApiVersionsHandler.versionUnknown(), parts);
        return parts.answer();
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection.attachment() instanceof Client client) client.closed();
    }
}
