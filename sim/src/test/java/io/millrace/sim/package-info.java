/// Tests of the simulator, the crash tests of the log over it.
@NullMarked
package io.millrace.sim;

import org.jspecify.annotations.NullMarked;
