/// # acceptance: what a stranger's client sees
///
/// Real clients (kafka-clients of three ages, librdkafka, KafkaJS, raw sockets) as processes of their own against
/// a real broker process. Nothing here names a class of the product: the broker is what stands behind a port.
///
/// - **Knows** how a broker is started, killed and started again ([BrokerProcess]), and what Kafka promises.
/// - **Does not know** any room of the house but `cli`.
/// - **Runs** on `mvn verify`, after the distribution is packaged: classes named `...Scenario`.
/// - **The same scenarios against Apache Kafka 4.4.0** prove that their expectations are right:
///   `mvn verify -pl acceptance -am -Dacceptance.peer=kafka -Dacceptance.kafka.lib=<folder of its jars>`.
///   What Kafka does not have, or does otherwise, is marked [MillraceOnly].
///
/// Read [BrokerProcess] first, then any scenario. Nothing sleeps: [Await] waits for conditions.
@NullMarked
package io.millrace.acceptance;

import org.jspecify.annotations.NullMarked;
