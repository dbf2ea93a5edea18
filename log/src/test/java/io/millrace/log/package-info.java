/// Tests of the log, and what other rooms' tests need of it: [MemoryDisk], [TestClock], [HereAndNow].
@NullMarked
package io.millrace.log;

import org.jspecify.annotations.NullMarked;
