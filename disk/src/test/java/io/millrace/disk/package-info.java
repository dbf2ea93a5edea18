/// Tests of the disk seam, and what other rooms' tests need of it: [MemoryDisk], [CrashingDisk],
/// [TestClock], [HereAndNow].
@NullMarked
package io.millrace.disk;

import org.jspecify.annotations.NullMarked;
