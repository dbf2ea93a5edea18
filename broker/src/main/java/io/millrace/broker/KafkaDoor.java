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
import io.millrace.wire.ResponseWriter;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// Where frames become requests, and answers become bytes.
///
/// Requests of one connection are all worked on; `net` sends the answers in order. A frame that is no
/// request of this
/// table closes its connection.
public final class KafkaDoor implements FrameHandler {

    private final ApiTable table;
    private final Shards shards;
    private final Clock clock;
    private final Map<ApiKeys, ApiMeters> metersOf = new EnumMap<>(ApiKeys.class);

    public KafkaDoor(ApiTable table, Shards shards, Clock clock, Metrics metrics) {
        this.table = table;
        this.shards = shards;
        this.clock = clock;
        for (var row : table.rows()) metersOf.put(row.api(), new ApiMeters(metrics, row.api()));
    }

    @Override
    public Promise<Answer> onFrame(Connection connection, Frame frame) {
        boolean isFrameOurs = true;
        try {
            long startNs = clock.monotonicNs();
            var request = Request.read(frame.bytes());
            var row = table.row(request.api());
            if (row == null) throw new MalformedRequest("API " + request.api().name + " is not served here");
            if (request.api() == ApiKeys.API_VERSIONS && !row.speaks(request.version())) {
                return Promise.of(versionUnknown(request));
            }
            if (!row.speaks(request.version())) {
                throw new MalformedRequest(
                        "%s version %d is not served here".formatted(request.api().name, request.version()));
            }
            var message = request.message();
            var meters = meters(request.api());
            var call = new Call(request, connection, shards.of(connection.loop()), frame, meters);
            var promise = row.handle(call, message);
            isFrameOurs = !call.isFrameTaken();
            return promise.map(body -> {
                meters.answered(clock.monotonicNs() - startNs);
                return call.wantsNoAnswer() ? Answer.NONE : answer(request, body);
            });
        } finally {
            if (isFrameOurs) frame.release();
        }
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
    private static Answer versionUnknown(Request request) {
        var parts = new Parts();
        ResponseWriter.write(request.correlationId(), (short) 0, (short) 0, ApiVersionsHandler.versionUnknown(), parts);
        return parts.answer();
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection.attachment() instanceof Client client) client.closed();
    }
}
