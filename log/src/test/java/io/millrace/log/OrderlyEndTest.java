package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.DiskFile;
import io.millrace.disk.DiskFullException;
import io.millrace.disk.FileThreads;
import io.millrace.disk.ForwardingDisk;
import io.millrace.disk.HereAndNow;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The end of a data folder with many logs.
class OrderlyEndTest {

    private static final int LOGS = 20;

    private final Rig rig = new Rig();

    private void fill() throws IOException {
        rig.open();
        write(rig.log());
        for (int partition = 1; partition < LOGS; partition++) write(rig.openOther(partition));
    }

    private static void write(Log log) throws IOException {
        for (int i = 0; i < 10; i++) log.append(Rig.batch(1, 100, i), 3);
        log.write();
    }

    /// What goes wrong when the producers' state is written, as it is at the end of a log.
    private interface Refusal {
        void refuse() throws IOException;
    }

    /// What was acknowledged is in the write-ahead log, and in the segment as far as the system got: the
    /// former must not go before the latter is sure.
    @Test
    void theWriteAheadLogStaysWhenALogCannotBeBroughtToTheDisk() throws IOException {
        var refusals = List.<Refusal>of(
                () -> {
                    throw new DiskFullException("no space for it");
                },
                () -> {
                    throw new IllegalStateException("a defect");
                });
        for (var refusal : refusals) {
            var broken = new Rig();
            var refuses = new AtomicBoolean();
            broken.seenDisk = new ForwardingDisk(broken.disk) {
                @Override
                public DiskFile openToAppend(Path file) throws IOException {
                    if (refuses.get() && file.toString().endsWith(SegmentFiles.SNAPSHOT)) refusal.refuse();
                    return super.openToAppend(file);
                }
            };
            write(broken.open());
            broken.work.commitAll();
            assertEquals(10, broken.log().durableEnd());
            refuses.set(true);
            broken.close();
            broken.disk.losePower(new Random(1));
            refuses.set(false);
            assertEquals(10, broken.open().endOffset());
            assertEquals(List.of(), broken.log().quarantined());
            assertFalse(broken.folder().endedCleanly());
        }
    }

    @Test
    void logsAreClosedWhileOthersAre() throws IOException {
        var together = new AtomicInteger();
        rig.newWork = () -> new HereAndNow() {
            @Override
            public void runAll(List<Runnable> work) {
                together.set(work.size());
                super.runAll(work);
            }
        };
        fill();
        rig.close();
        assertEquals(LOGS, together.get());
    }

    @Test
    @Timeout(60)
    void fileThreadsDoManyThingsAtATime() throws InterruptedException {
        var work = new FileThreads(2);
        var allAtOnce = new CountDownLatch(8);
        var waited = new AtomicInteger();
        work.runAll(Collections.nCopies(8, () -> {
            allAtOnce.countDown();
            try {
                if (allAtOnce.await(30, TimeUnit.SECONDS)) waited.incrementAndGet();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        assertEquals(8, waited.get(), "each waits for all others");
        var done = new AtomicInteger();
        work.runAll(Collections.nCopies(1000, done::incrementAndGet));
        assertEquals(1000, done.get());
        work.runAll(List.of());
        work.close();
    }

    @Test
    @Timeout(60)
    void afterAnEndByManyThreadsNothingHasToBeLookedAt() throws IOException {
        rig.newWork = () -> new HereAndNow() {
            @Override
            public void runAll(List<Runnable> work) {
                var threads = new FileThreads(2);
                threads.runAll(work);
                threads.close();
            }
        };
        fill();
        rig.close();
        rig.open();
        assertTrue(rig.folder().endedCleanly());
        for (int partition = 1; partition < LOGS; partition++) {
            var log = rig.openOther(partition);
            assertEquals(10, log.endOffset());
            assertEquals(10, log.recoveryPoint());
        }
        rig.close();
    }

    @Test
    void whatFailsWhenTheLoopsHaveEndedEndsAllTheSame() throws IOException {
        fill();
        var hasEnded = new AtomicBoolean();
        var opened = new AtomicReference<Opened>();
        rig.folder().open(Rig.TOPIC_ID, Rig.TOPIC, LOGS, rig.config, work -> runUnless(hasEnded, work), opened::set);
        assertTrue(opened.get() instanceof Opened.Ready);
        hasEnded.set(true);
        rig.disk.failSyncs(path -> path.toString().contains("orders-"));
        rig.folder().close();
        assertEquals(0, rig.disk.openFiles());
        rig.kill();
        rig.disk.failSyncs(null);
        rig.open();
        assertFalse(rig.folder().endedCleanly());
        assertEquals(10, rig.log().endOffset());
    }

    private static void runUnless(AtomicBoolean hasEnded, Runnable work) {
        if (hasEnded.get()) throw new RejectedExecutionException("the loop has ended");
        work.run();
    }
}
