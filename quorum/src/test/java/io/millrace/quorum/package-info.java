/// The tests of `quorum`, with a log that lives in memory and a loop that is turned by hand.
@NullMarked
package io.millrace.quorum;

import org.jspecify.annotations.NullMarked;
