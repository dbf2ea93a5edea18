/// # net: bytes in order, both ways
///
/// Loops (one platform thread each), timers, mailboxes, sockets, frames with a 4-byte size in front. A connection
/// belongs to one loop; its requests are worked on side by side and answered in the order in which they came.
///
/// - **Knows** selectors, sockets, buffers, limits on connections and memory, deadlines of idle peers.
/// - **Does not know** Kafka's APIs, what a frame means, partitions, files (it sends a [Answer.Place] without
///   looking).
/// - **Called by** `broker` and `node`; every room that needs to run something later takes a [Loop].
/// - **Thread** what a loop owns is touched by its thread only; [Loop#execute] and [Frame#release] are for any
///   thread.
///
/// Read [EventLoop] first, then `SocketConnection`, `Inbound` and `Outbound`. The policy for memory is at the
/// top of `Inbound` (requests) and `Outbound` (answers).
@NullMarked
package io.millrace.net;

import org.jspecify.annotations.NullMarked;
