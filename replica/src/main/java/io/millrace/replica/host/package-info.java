/// # replica.host: a mind on hands
///
/// Runs one state machine on one partition: decides, writes, applies, and answers once what the answer
/// rests on is committed.
///
/// - **Knows** the form of a state machine, timers, who waits for which answer.
/// - **Does not know** which machine it runs, how records become bytes, who leads.
/// - **Called by** whoever connects it to a partition and its loop; `broker` asks through that.
/// - **Thread** everything here belongs to the loop of its partition.
///
/// Read [ShardHost] first; [ShardLog] is all it needs of its partition.
@NullMarked
package io.millrace.replica.host;

import org.jspecify.annotations.NullMarked;
