/// # replica.host, told as stories
///
/// A counter is the mind, a list is the log, and [HandLoop] is turned by hand.
@NullMarked
package io.millrace.replica.host;

import org.jspecify.annotations.NullMarked;
