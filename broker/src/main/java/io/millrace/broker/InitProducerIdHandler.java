package io.millrace.broker;

import io.millrace.model.Promise;
import java.util.List;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

/// InitProducerId, versions 0 to 5: a new identity for an idempotent producer.
///
/// A producer that wants transactions is told that they are not served here: to it that is final, and it says so.
final class InitProducerIdHandler implements Handler<InitProducerIdRequestData, InitProducerIdResponseData> {

    private final List<ProducerIds> idsOfLoop;

    /// @param idsOfLoop by the index of the loop
    InitProducerIdHandler(List<ProducerIds> idsOfLoop) {
        this.idsOfLoop = idsOfLoop;
    }

    @Override
    public Promise<InitProducerIdResponseData> handle(Call call, InitProducerIdRequestData request) {
        var transactionalId = request.transactionalId();
        if (transactionalId != null) {
            return Promise.of(
                    refused(call, transactionalId.isEmpty() ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION));
        }
        if ((request.producerId() == -1) != (request.producerEpoch() == -1)) {
            return Promise.of(refused(call, Errors.INVALID_REQUEST));
        }
        return idsOfLoop.get(call.connection().loop().index()).next().map(id -> switch (id) {
            case ProducerIds.Next.Id(long producerId) ->
                new InitProducerIdResponseData().setProducerId(producerId).setProducerEpoch((short) 0);
            case ProducerIds.Next.Refused(var code) -> refused(call, code);
        });
    }

    private static InitProducerIdResponseData refused(Call call, Errors code) {
        return new InitProducerIdResponseData()
                .setErrorCode(call.told(code).code())
                .setProducerId(-1)
                .setProducerEpoch((short) -1);
    }
}
