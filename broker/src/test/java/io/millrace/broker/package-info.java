/// # broker, told as stories
///
/// Handlers are asked by hand, over one real shard of groups in memory; the codec is compared with Kafka's
/// own.
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
