package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.CommitLimits;
import io.millrace.folder.Durability;
import io.millrace.log.CompactionConfig;
import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.Log;
import io.millrace.log.LogConfig;
import io.millrace.log.LogFolder;
import io.millrace.log.Opened;
import io.millrace.log.Producers;
import io.millrace.model.metrics.Metrics;
import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Defects of the log that scenarios found, each as the smallest story that shows it. Where a power cut
/// decides by chance what survives, many seeds are asked.
class OnceBrokenTest {

    private static final Path DIR = Path.of("/data");
    private static final Path PARTITION = DIR.resolve("orders-0");
    private static final Uuid FIRST = new Uuid(1, 1);
    private static final Uuid SECOND = new Uuid(1, 2);
    private static final int SEEDS = 100;
    private static final long NEVER = Long.MAX_VALUE;

    private final SimClock clock = new SimClock();
    private SimDisk disk = new SimDisk(clock, new SplittableRandom(1));
    private SimFileWork work = new SimFileWork(clock, new SplittableRandom(1));
    private Durability durability = Durability.PAGE_CACHE;
    private @Nullable LogFolder folder;

    @Test
    void aNewDataFolderSurvivesAPowerCut() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            open(FIRST);
            powerCut();
            assertEquals(1, folder().found().size());
        }
    }

    @Test
    void aDataFolderThatAKilledProcessMadeSurvivesAPowerCut() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            disk = new SimDisk(clock, new SplittableRandom(seed));
            disk.crashAt(2 + seed % 16);
            assertThrows(SimCrash.class, () -> {
                openFolder();
                open(FIRST);
            });
            disk = disk.afterKill();
            openFolder();
            open(FIRST);
            powerCut();
            assertEquals(1, folder().found().size(), "seed " + seed);
        }
    }

    @Test
    void aTailThatWasCutOffDoesNotComeBackBehindWhatIsAppendedNext() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            var log = open(FIRST);
            append(log, 0, 100);
            append(log, 1, 100);
            append(log, 2, 100);
            log.close();
            log = open(FIRST);
            log.truncateTo(1);
            append(log, 3, 900);
            append(log, 4, 100);
            folder().close();
            powerCut();
            assertEquals(List.of(0, 3, 4), values(open(FIRST)), "seed " + seed);
        }
    }

    @Test
    void segmentsThatWereCutOffDoNotComeBack() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            var log = open(FIRST);
            append(log, 0, 400);
            append(log, 1, 900);
            append(log, 2, 900);
            folder().close();
            powerCut();
            log = open(FIRST);
            log.truncateTo(1);
            append(log, 3, 900);
            powerCut();
            var found = values(open(FIRST));
            assertTrue(List.of(0, 3).containsAll(found), "seed %d: %s".formatted(seed, found));
        }
    }

    @Test
    void aTopicOfAnOldNameBeginsWithNothingAlsoAfterAKill() throws IOException {
        begin(1);
        var log = open(FIRST);
        for (int i = 0; i < 5; i++) append(log, i, 100);
        settle();
        log.trimTo(5);
        clock.pass(60_000);
        settle();
        folder().delete(FIRST, "orders", 0);
        log = open(SECOND);
        append(log, 7, 100);
        kill();
        assertEquals(List.of(7), values(open(SECOND)));
    }

    @Test
    void aDeletedPartitionDoesNotComeBackInHalf() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            append(open(FIRST), 0, 100);
            folder().delete(FIRST, "orders", 0);
            settle();
            clock.pass(60_000);
            settle();
            powerCut();
            assertEquals(List.of(), folder().found());
            open(SECOND);
        }
    }

    @Test
    void epochsThatWereForgottenBeforeAStartThatIsLostAreFoundAgain() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            var log = open(FIRST);
            append(log, 0, 100);
            append(log, 1, 100);
            log.epochs().begin(1, 2);
            append(log, 2, 100);
            settle();
            log.trimTo(2);
            for (int i = 3; i < 20; i++) append(log, i, 400);
            settle();
            powerCut();
            log = open(FIRST);
            assertEquals(log.startOffset() < 2 ? 0 : 1, log.epochs().epochOf(log.startOffset()), "seed " + seed);
        }
    }

    @Test
    void aSnapshotOfALogThatIsLostIsNotTakenForTheNext() throws IOException {
        begin(1);
        var log = open(FIRST);
        for (int i = 0; i < 6; i++) log.append(batch(i, 300, i), 0);
        folder().close();
        for (var name : disk.list(PARTITION)) if (name.endsWith(".log")) disk.delete(PARTITION.resolve(name));
        kill();
        log = open(FIRST);
        for (int i = 100; i < 106; i++) log.append(batch(i, 20, i), 0);
        log.truncateTo(6 + 3);
        assertInstanceOf(Producers.Check.Duplicate.class, log.producers().check(batch(102, 20, 102)));
    }

    @Test
    void aCutIsNotUndoneByWhatTheWriteAheadLogStillHolds() throws IOException {
        durability = Durability.FSYNC;
        begin(1);
        var log = open(FIRST);
        for (int i = 0; i < 4; i++) {
            append(log, i, 200);
            settle();
        }
        append(log, 4, 200);
        append(log, 5, 200);
        settle();
        log.truncateTo(4);
        append(log, 100, 200);
        settle();
        assertEquals(5, log.durableEnd());
        kill();
        assertEquals(List.of(0, 1, 2, 3, 100), values(open(FIRST)));
    }

    @Test
    void aCutOfALogThatWasOpenedAgainIsNotUndone() throws IOException {
        durability = Durability.FSYNC;
        begin(1);
        var log = open(FIRST);
        for (int i = 0; i < 3; i++) append(log, i, 200);
        settle();
        log.close();
        log = open(FIRST);
        log.truncateTo(1);
        append(log, 100, 200);
        settle();
        kill();
        assertEquals(List.of(0, 100), values(open(FIRST)));
    }

    @Test
    void aCutThatACrashInterruptsIsDoneOrNot() throws IOException {
        durability = Durability.FSYNC;
        boolean crashes = true;
        for (long last = 1; crashes; last++) {
            begin(last);
            var log = open(FIRST);
            for (int i = 0; i < 9; i++) append(log, i, 200);
            clock.pass(2_000);
            settle();
            disk.crashAt(disk.changes() + last);
            crashes = false;
            try {
                log.truncateTo(2);
            } catch (SimCrash e) {
                crashes = true;
            }
            powerCut();
            var found = values(open(FIRST));
            assertTrue(found.equals(List.of(0, 1)) || found.size() == 9, "change %d: %s".formatted(last, found));
        }
    }

    @Test
    void aLogThatFailsLeavesNoFileOpen() throws IOException {
        for (int nth = 1; nth < 40; nth++) {
            for (var kind : SimFault.Kind.values()) {
                begin(nth);
                append(open(FIRST), 1, 100);
                kill();
                disk.fail(new SimFault(kind, file -> file.startsWith(DIR), nth, 1));
                if (tryOpen(FIRST) instanceof Opened.Ready(var log)) stumble(log);
                folder().close();
                assertEquals(List.of(), disk.openFiles(), kind + " " + nth);
            }
        }
    }

    private static void stumble(Log log) {
        try {
            for (int i = 0; i < 10; i++) append(log, i, 300);
        } catch (IOException e) {
            assertFalse(log.isUsable(), e.getMessage());
        }
    }

    private void begin(long seed) throws IOException {
        disk = new SimDisk(clock, new SplittableRandom(seed));
        openFolder();
    }

    private void openFolder() throws IOException {
        work = new SimFileWork(clock, new SplittableRandom(1));
        var commits = new CommitLimits(4_000, 16 << 10, 16 << 10, 2);
        var limits = FolderLimits.USUAL.withReserve(0).withCommits(commits);
        folder = LogFolder.open(
                DIR,
                new Identity("sim", 1),
                new FolderTools(disk, clock, Metrics.NONE, work, () -> new Uuid(77, disk.changes()), limits));
    }

    private LogFolder folder() {
        if (folder == null) throw new IllegalStateException("not open");
        return folder;
    }

    private void powerCut() throws IOException {
        disk = disk.afterPowerCut(true);
        openFolder();
    }

    private void kill() throws IOException {
        disk = disk.afterKill();
        openFolder();
    }

    private void settle() {
        work.settle();
    }

    private Log open(Uuid topicId) throws IOException {
        return switch (tryOpen(topicId)) {
            case Opened.Ready(var log) -> log;
            case Opened.Failed(var cause) -> throw cause;
        };
    }

    private Opened tryOpen(Uuid topicId) {
        var outcome = new AtomicReference<@Nullable Opened>();
        folder().open(topicId, "orders", 0, config(), Runnable::run, outcome::set);
        while (outcome.get() == null) assertTrue(work.step(), "the log is never opened");
        var opened = outcome.get();
        if (opened == null) throw new IllegalStateException("no outcome");
        return opened;
    }

    /// Segments of a thousand bytes; nothing goes by itself.
    private LogConfig config() {
        return new LogConfig(
                durability,
                1_000,
                NEVER,
                0,
                100,
                1_000,
                -1,
                -1,
                true,
                1_000,
                NEVER,
                NEVER,
                NEVER,
                CompactionConfig.OFF);
    }

    private static void append(Log log, int value, int bytes) throws IOException {
        log.append(batch(value, bytes, -1), Math.max(0, log.epochs().latest()));
        log.write();
    }

    private static RecordBatch batch(int value, int bytes, int sequence) {
        var builder = new BatchBuilder();
        if (sequence >= 0) builder.producer(1, (short) 0, sequence);
        var payload = ByteBuffer.allocate(bytes).putInt(0, value);
        return new RecordBatch(builder.add(LogRecord.of(value, null, payload)).build(), 0);
    }

    /// The values of all batches, which are their timestamps too.
    private static List<Integer> values(Log log) throws IOException {
        var values = new ArrayList<Integer>();
        long at = log.startOffset();
        while (at < log.writtenEnd()) {
            var slice = log.reader().readBlocking(at, log.writtenEnd(), 1, true).orElseThrow();
            var batch = new RecordBatch(slice.place().readFully(), 0);
            slice.place().release();
            assertEquals(at, batch.baseOffset());
            assertEquals(batch.crc(), batch.computeCrc());
            values.add((int) batch.baseTimestampMs());
            at = batch.endOffset();
        }
        return values;
    }
}
