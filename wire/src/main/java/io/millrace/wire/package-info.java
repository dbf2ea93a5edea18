/// # wire: Kafka's conversation
///
/// Turns frames into kafka-clients' generated request classes and generated response classes into bytes.
/// Responses leave *places* where records go ([PlacedRecords]), so that whoever sends them can put a file
/// there.
///
/// - **Knows** Kafka's messages, headers, versions, codecs.
/// - **Does not know** sockets, files, what any request means.
/// - **Called by** `broker`. [KafkaRecordReader] is given to rooms that must open batches.
/// - **Thread** everything is stateless or a value.
///
/// Read [Request] first, then [ResponseWriter]. kafka-clients' classes named here are internal to that
/// library: its version is pinned, and nothing but this room and the doors names them.
@NullMarked
package io.millrace.wire;

import org.jspecify.annotations.NullMarked;
