/// # node: the roof
///
/// Builds the house from its settings, floor by floor, in one readable file ([House]); starts it; stops it.
/// [Main] is
/// what `millrace start` runs.
///
/// - **Knows** every room, and what each needs from the others.
/// - **Does not know** the rules of any.
/// - **Thread** [House#open] runs on the main thread and blocks until the node is ready.
@NullMarked
package io.millrace.node;

import org.jspecify.annotations.NullMarked;
