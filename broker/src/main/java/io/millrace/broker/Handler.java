package io.millrace.broker;

import io.millrace.model.Promise;
import org.apache.kafka.common.protocol.ApiMessage;

/// Answers one API.
///
/// Runs on the connection's loop and never blocks. Whatever a client can get wrong is answered with Kafka's
/// error code; an exception means a bug, and costs the client its connection.
///
/// @param <Q> the request of kafka-clients' generated classes
/// @param <A> the answer
@FunctionalInterface
interface Handler<Q extends ApiMessage, A extends ApiMessage> {

    /// @return kept on the connection's loop
    Promise<A> handle(Call call, Q request);
}
