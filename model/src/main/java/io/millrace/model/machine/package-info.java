/// # model.machine: the form of every coordinator
///
/// A mind is a [StateMachine]: it decides, and it applies. Whoever hosts one carries out the [Effect]s.
///
/// - **Knows** nothing but the form.
/// - **Called by** minds, which implement it, and their hosts, which run it.
@NullMarked
package io.millrace.model.machine;

import org.jspecify.annotations.NullMarked;
