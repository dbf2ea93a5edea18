/// # node: the roof
///
/// Builds the house from its settings, floor by floor, in one readable file ([House]); starts it; stops
/// it. [Main] is what `millrace start` runs.
///
/// - **Knows** every room, and what each needs from the others; the flags of `start`; how log lines look.
/// - **Does not know** the rules of any.
/// - **Called by** people and service managers, through the launcher.
/// - **Thread** [House#open] runs on the main thread and blocks until the node is ready. Two more
///   threads help it, and end by then: one opens the web door, one loads classes ahead.
///
/// Read [House] first, then [Start].
@NullMarked
package io.millrace.node;

import org.jspecify.annotations.NullMarked;
