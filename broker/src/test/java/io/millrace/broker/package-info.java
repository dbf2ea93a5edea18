/// # broker, told as stories
///
/// Handlers are asked by hand: those of groups over one real shard of groups in memory, those of records over a
/// real folder, under loops, file threads and a clock that are turned by hand ([Ground]). The codec is compared
/// with Kafka's own.
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
