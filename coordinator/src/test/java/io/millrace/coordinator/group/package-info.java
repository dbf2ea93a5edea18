/// # coordinator.group, told as stories
///
/// [Shard] asks the machine as a host would, with a clock that is moved by hand.
@NullMarked
package io.millrace.coordinator.group;

import org.jspecify.annotations.NullMarked;
