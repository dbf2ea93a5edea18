/// # broker: the Kafka door
///
/// Understands a Kafka client and answers it: one handler per API, one table of them all ([ApiTable]). Handlers turn
/// generated request classes into calls on partitions, minds and the metadata log, and the outcome into generated
/// response classes with exactly Kafka's error codes. What requests may take is bounded at the door
/// ([RequestMemory]), and what waits for a disk goes to a file thread ([FileErrands]).
///
/// - **Knows** the meaning of every API, fetch sessions, where groups live, Kafka's own record formats.
/// - **Does not know** sockets, files, HTTP, Ratis.
/// - **Called by** `net`, through [KafkaDoor]; built by `node`.
/// - **Thread** a request is handled on its connection's loop; work on a partition of another loop crosses once.
///
/// Read [ApiTable] first, then [KafkaDoor], then any handler.
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
