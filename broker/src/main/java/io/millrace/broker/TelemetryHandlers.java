package io.millrace.broker;

import io.millrace.model.Promise;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.PushTelemetryResponseData;
import org.apache.kafka.common.protocol.Errors;

/// GetTelemetrySubscriptions and PushTelemetry, version 0: politely declined (KIP-714).
///
/// Clients are told that nobody wants their metrics, and to ask again in five minutes.
final class TelemetryHandlers {

    private static final int ASK_AGAIN_MS = 300_000;
    private static final int MAX_PUSH_BYTES = 1 << 20;

    private TelemetryHandlers() {}

    static Promise<GetTelemetrySubscriptionsResponseData> subscriptions(
            Call call, GetTelemetrySubscriptionsRequestData request) {
        var id = request.clientInstanceId().equals(Uuid.ZERO_UUID) ? Uuid.randomUuid() : request.clientInstanceId();
        return Promise.of(new GetTelemetrySubscriptionsResponseData()
                .setClientInstanceId(id)
                .setSubscriptionId(0)
                .setAcceptedCompressionTypes(List.of())
                .setPushIntervalMs(ASK_AGAIN_MS)
                .setTelemetryMaxBytes(MAX_PUSH_BYTES)
                .setDeltaTemporality(true)
                .setRequestedMetrics(List.of()));
    }

    static Promise<PushTelemetryResponseData> push(Call call, PushTelemetryRequestData request) {
        return Promise.of(new PushTelemetryResponseData()
                .setErrorCode(call.told(Errors.UNKNOWN_SUBSCRIPTION_ID).code()));
    }
}
