package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.SegmentFiles;
import io.millrace.log.FolderScrubber.Outcome;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Closed segments are read back from the disk, and mended while the log is used.
class ScrubberTest {

    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

    @Test
    void whatIsSoundIsReadWholeAndStaysAsItIs() throws IOException {
        var log = new ScrubRig().fill();
        long before = log.rig.disk.bytesRead();
        assertTrue(log.isDue());
        assertEquals(Outcome.VERIFIED, log.scrub());
        assertTrue(log.rig.disk.bytesRead() - before >= (long) ScrubRig.CLOSED * log.batchBytes());
        assertFalse(log.isDue());
        log.check();
    }

    /// The first and the last batch of a segment, of the log, and some between.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 6, 7, 8, 11})
    void aDamagedBatchIsTakenOutAndTheOthersAreServed(int which) throws IOException {
        for (int from : List.of(16, 70)) {
            var log = new ScrubRig().fill();
            log.damage(which, from, from + 1);
            var kept = Arrays.copyOfRange(
                    log.rig.disk.bytes(log.file(which / ScrubRig.PER_SEGMENT)),
                    which % ScrubRig.PER_SEGMENT * log.batchBytes(),
                    (which % ScrubRig.PER_SEGMENT + 1) * log.batchBytes());
            assertEquals(Outcome.VERIFIED, log.scrub());
            log.check(which);
            assertArrayEquals(kept, log.rig.disk.bytes(log.rig.file(2L * which, ".quarantined")));

            log.put();
            log.rig.work.later();
            log.check(which);
            log.rig.close();
            log.open();
            log.check(which);
            log.rig.kill();
            log.open();
            log.check(which);
            assertEquals(
                    List.of(new OffsetRange(2L * which, 2L * which + 2)),
                    log.rig.log().quarantined());
        }
    }

    @Test
    void retentionGoesByWhereTheSegmentEnded() throws IOException {
        var log = new ScrubRig("retention.ms", "1000").fill();
        log.damage(3, 60, 80);
        log.scrub();
        log.rig.clock.pass(2000);
        assertTrue(log.rig.log().retain() > 0);
        assertEquals(8, log.rig.log().startOffset());
        assertEquals(List.of(), log.rig.log().quarantined());
    }

    @Test
    void aSegmentOfWhichNothingIsWholeIsLeftEmpty() throws IOException {
        var log = new ScrubRig().fill();
        for (int i = 4; i < 8; i++) log.damage(i, 0, log.batchBytes());
        assertEquals(Outcome.VERIFIED, log.scrub());
        assertEquals(List.of(new OffsetRange(8, 16)), log.rig.log().quarantined());
        log.check(4, 5, 6, 7);
        log.rig.kill();
        log.open();
        log.check(4, 5, 6, 7);
        log.damage(9, 30, 31);
        log.rig.clock.pass(8 * DAY_MS);
        assertTrue(log.rig.folder().scrubber().beginPass(7 * DAY_MS));
        assertEquals(Outcome.VERIFIED, log.scrub());
        log.check(4, 5, 6, 7, 9);
    }

    @Test
    void damageBesideEarlierDamageIsTakenOutToo() throws IOException {
        var log = new ScrubRig().fill();
        log.damage(5, 60, 80);
        log.scrub();
        var before = log.rig.disk.bytes(log.rig.file(10, ".quarantined"));
        log.rig.kill();
        log.open();
        var bytes = log.rig.disk.bytes(log.file(1));
        bytes[log.batchBytes() + 70] ^= 1; // of batch 6, which follows batch 4 now
        log.rig.disk.damage(log.file(1), bytes);
        log.rig.clock.pass(8 * DAY_MS);
        assertTrue(log.rig.folder().scrubber().beginPass(7 * DAY_MS));
        log.scrub();
        log.check(5, 6);
        assertArrayEquals(before, log.rig.disk.bytes(log.rig.file(10, ".quarantined")));
        assertTrue(log.rig.disk.exists(log.rig.file(12, ".quarantined")));
        assertEquals(
                List.of(new OffsetRange(10, 12), new OffsetRange(12, 14)),
                log.rig.log().quarantined());
    }

    @Test
    void anyDamageIsFoundAndNothingElseIsLost() throws IOException {
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            var log = new ScrubRig().fill();
            var lost = new TreeSet<Integer>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                int which = random.nextInt(ScrubRig.CLOSED);
                int from = random.nextBoolean() ? 8 + random.nextInt(4) : 16 + random.nextInt(log.batchBytes() - 16);
                if (lost.add(which)) log.damage(which, from, from + 1);
            }
            assertEquals(Outcome.VERIFIED, log.scrub());
            log.check(lost.toArray(Integer[]::new));
            log.rig.kill();
            log.open();
            log.check(lost.toArray(Integer[]::new));
        }
    }

    /// The base offset is not covered by the checksum.
    @Test
    void aBatchWithAWrongBaseOffsetDoesNotTakeTheOthersWithIt() throws IOException {
        for (int which = 0; which < ScrubRig.CLOSED; which++) {
            for (int bit = 0; bit < 63; bit++) {
                var log = new ScrubRig().fill();
                var path = log.file(which / ScrubRig.PER_SEGMENT);
                var bytes = log.rig.disk.bytes(path);
                bytes[which % ScrubRig.PER_SEGMENT * log.batchBytes() + 7 - bit / 8] ^= (byte) (1 << (bit % 8));
                log.rig.disk.damage(path, bytes);
                log.scrub();
                var gone = new ArrayList<Long>();
                for (long offset = 0; offset < 2L * ScrubRig.CLOSED; offset += 2) {
                    if (log.rig.log().isQuarantined(offset)) gone.add(offset);
                }
                boolean looksLikeAGap = gone.isEmpty() && which % ScrubRig.PER_SEGMENT == ScrubRig.PER_SEGMENT - 1;
                if (!looksLikeAGap) assertEquals(List.of(2L * which), gone, "bit " + bit);
            }
        }
    }

    @Test
    void blocksThatCannotBeReadTakeOnlyTheirBatchesWithThem() throws IOException {
        var log = new ScrubRig();
        log.open();
        for (int i = 0; i < 100; i++) log.put();
        log.roll();
        log.put();
        int size = log.batchBytes();
        log.rig.disk.breakBytes(log.file(0), 4096, 4097);
        assertEquals(Outcome.VERIFIED, log.scrub());
        int first = 4096 / size;
        int last = (8192 - 1) / size;
        assertEquals(
                List.of(new OffsetRange(2L * first, 2L * last + 2)),
                log.rig.log().quarantined());
        assertEquals(Arrays.toString(log.batches.get(first - 1)), log.read(2L * first - 2));
        assertEquals(Arrays.toString(log.batches.get(last + 1)), log.read(2L * last + 2));
        var aside = log.rig.disk.bytes(log.rig.file(2L * first, ".quarantined"));
        assertEquals((last - first + 1) * size, aside.length);
        int whole = 4096 - first * size;
        assertArrayEquals(Arrays.copyOf(log.batches.get(first), whole), Arrays.copyOf(aside, whole));
        assertEquals(0, aside[whole]);
        log.put();
        assertEquals(204, log.rig.log().durableEnd(), "a read that fails is no reason not to write");
    }

    @Test
    void whatThePageCacheStillHasIsWrittenAnew() throws IOException {
        var log = new ScrubRig().fill();
        log.rot(5, 60, 80);
        assertEquals(Outcome.VERIFIED, log.scrub());
        log.check();
        assertEquals(List.of(), log.rig.log().quarantined());
        log.rig.clock.pass(8 * DAY_MS);
        assertTrue(log.rig.folder().scrubber().beginPass(7 * DAY_MS));
        while (log.rig.disk.list(log.dir()).stream().anyMatch(name -> name.endsWith(SegmentFiles.DELETED))) {
            log.rig.work.later();
        }
        var files = log.rig.disk.list(log.dir());
        log.scrub();
        assertEquals(files, log.rig.disk.list(log.dir()), "the disk holds it now");
        log.check();
    }

    @Test
    void whatIsReadWronglyOnceIsNotTouched() throws IOException {
        var log = new ScrubRig().fill();
        log.rot(5, 60, 80);
        var done = log.begin();
        var files = log.rig.disk.list(log.dir());
        for (int i = 0; i < 2; i++) log.rig.work.later();
        log.rig.disk.rot(log.file(1), null);
        while (done.get() == null) {
            log.rig.work.later();
            assertEquals(files, log.rig.disk.list(log.dir()));
        }
        assertEquals(files, log.rig.disk.list(log.dir()));
        assertEquals(List.of(), log.rig.log().quarantined());
        log.check();
    }

    @Test
    void aReaderWhoHasBegunReadsTheOldFile() throws IOException {
        var log = new ScrubRig().fill();
        var slice = log.rig.log().reader().readBlocking(8, 16, 1 << 20, true).orElseThrow();
        var before = log.rig.disk.bytes(log.file(1));
        log.damage(5, 60, 80);
        var damaged = log.rig.disk.bytes(log.file(1));
        log.scrub();
        log.check(5);
        assertEquals(before.length, slice.place().remainingBytes());
        assertEquals(damaged.length, slice.place().readFully().remaining());
        slice.place().release();
    }

    @Test
    void pageCacheLogsAreMendedAlike() throws IOException {
        var log = new ScrubRig("durability", "page-cache").fill();
        log.damage(5, 60, 80);
        assertEquals(Outcome.VERIFIED, log.scrub());
        log.check(5);
    }

    @Test
    void whatACrashCouldTakeAwayIsLeftToRecovery() throws IOException {
        var log = new ScrubRig();
        log.open();
        for (int i = 0; i < 4; i++) log.put();
        log.rig.log().roll();
        assertFalse(log.isDue(), "it is not known to be on the disk");
        log.rig.work.settle();
        assertFalse(log.isDue(), "it was said to be done, and comes with the next pass");
        log.rig.clock.pass(8 * DAY_MS);
        assertTrue(log.rig.folder().scrubber().beginPass(7 * DAY_MS));
        assertTrue(log.isDue());
    }

    @Test
    void aPassBeginsAfterTheIntervalAndNotWhenTheWallClockSaysSo() throws IOException {
        var log = new ScrubRig().fill();
        var scrubber = log.rig.folder().scrubber();
        log.scrub();
        log.rig.clock.jump(1000 * DAY_MS);
        assertFalse(scrubber.beginPass(7 * DAY_MS));
        log.rig.clock.pass(6 * DAY_MS);
        assertFalse(scrubber.beginPass(7 * DAY_MS));
        assertFalse(log.isDue());
        log.rig.clock.pass(DAY_MS);
        assertTrue(scrubber.beginPass(7 * DAY_MS));
        assertTrue(log.isDue());
        assertFalse(scrubber.beginPass(7 * DAY_MS));
    }

    @Test
    void progressOutlivesTheProcess() throws IOException {
        var log = new ScrubRig().fill();
        var done = log.begin();
        for (int i = 0; i < 2; i++) log.rig.work.later();
        assertEquals(null, done.get());
        log.rig.close();
        log.open();
        long before = log.rig.disk.bytesRead();
        log.scrub();
        long read = log.rig.disk.bytesRead() - before;
        long segment = (long) ScrubRig.PER_SEGMENT * log.batchBytes();
        assertTrue(read < 3 * segment, "not from the beginning: " + read);
        assertTrue(read > 0);
        log.rig.close();
        log.open();
        assertFalse(log.isDue());
        log.rig.close();
        log.rig.disk.damage(log.rig.dir.resolve(ScrubProgress.FILE), new byte[] {1, 2, 3});
        log.open();
        assertTrue(log.isDue(), "what is not known is verified again");
        log.scrub();
        assertFalse(log.isDue());
    }

    @Test
    void switchedOffItStopsAtOnce() throws IOException {
        var log = new ScrubRig().fill();
        log.damage(5, 60, 80);
        var done = log.begin();
        for (int i = 0; i < 6; i++) log.rig.work.later();
        log.rig.folder().scrubber().limitTo(0);
        log.rig.work.later();
        assertEquals(Outcome.NOT_NOW, ScrubRig.result(done));
        assertEquals(List.of(), leftovers(log));
        log.rig.folder().scrubber().limitTo(1 << 20);
        assertEquals(Outcome.VERIFIED, log.scrub());
        log.check(5);
    }

    private static List<String> leftovers(ScrubRig log) throws IOException {
        return log.rig.disk.list(log.dir()).stream()
                .filter(name -> name.endsWith(SegmentFiles.CLEANED) || name.endsWith(SegmentFiles.SWAP))
                .toList();
    }

    /// Whatever happens to the log while a segment is mended, at whatever step.
    @ParameterizedTest
    @ValueSource(strings = {"trim", "cut", "cut it", "close", "delete"})
    void whatMakesTheLogShorterCallsMendingOff(String what) throws IOException {
        for (int steps = 0; steps < 14; steps++) {
            var log = new ScrubRig("retention.ms", "1000").fill();
            log.damage(5, 60, 80);
            var done = log.begin();
            for (int i = 0; i < steps; i++) log.rig.work.later();
            long end = switch (what) {
                case "cut" -> 20;
                case "cut it" -> 10;
                default -> 2L * log.batches.size();
            };
            switch (what) {
                case "trim" -> {
                    log.rig.log().trimTo(10);
                    log.rig.clock.pass(2000);
                    log.rig.log().retain();
                }
                case "cut", "cut it" -> log.rig.log().truncateTo(end);
                case "close" -> log.rig.log().close();
                case "delete" -> log.rig.folder().delete(Rig.TOPIC_ID, Rig.TOPIC, 0);
                default -> throw new AssertionError(what);
            }
            for (int i = 0; i < 30; i++) log.rig.work.later();
            assertTrue(done.get() != null, what + " at step " + steps);
            if (what.equals("delete")) continue;
            if (what.equals("close")) log.rig.openLog();
            assertEquals(List.of(), leftovers(log), what + " at step " + steps);
            assertEquals(end, log.rig.log().endOffset());
            var lost = what.equals("cut it") ? List.of() : List.of(new OffsetRange(10, 12));
            if (!what.equals("close")) assertEquals(lost, log.rig.log().quarantined(), what + " at step " + steps);
            log.put();
            for (long offset = log.rig.log().startOffset(); offset < end; offset += 2) {
                if (log.rig.log().isQuarantined(offset) || offset == 10) continue;
                assertEquals(Arrays.toString(log.batches.get((int) offset / 2)), log.read(offset));
            }
            log.rig.kill();
            log.open();
            if (!what.equals("close")) assertEquals(lost, log.rig.log().quarantined());
        }
    }

    /// The loop does not wait for the end of a step on a file thread.
    @Test
    void whatIsCalledOffInTheMiddleOfAStepIsNotTakenIn() throws IOException {
        var log = new ScrubRig().fill();
        log.damage(5, 60, 80);
        var hasCut = new AtomicBoolean();
        log.rig.disk.failSyncs(path -> {
            if (path.toString().endsWith(SegmentFiles.TIME_INDEX + SegmentFiles.CLEANED)
                    && hasCut.compareAndSet(false, true)) {
                cut(log, 10);
            }
            return false;
        });
        assertEquals(Outcome.VERIFIED, log.scrub());
        assertTrue(hasCut.get());
        assertEquals(10, log.rig.log().endOffset());
        assertEquals(List.of(), log.rig.log().quarantined());
        assertEquals(List.of(), leftovers(log));
        log.rig.log().append(Rig.batch(2, 10, 5), 2);
        log.rig.log().write();
        assertFalse(log.read(10).isEmpty());
    }

    private static void cut(ScrubRig log, long end) {
        try {
            log.rig.log().truncateTo(end);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFullDiskPutsMendingOff() throws IOException {
        var log = new ScrubRig().fill();
        log.damage(5, 60, 80);
        log.rig.disk.capacity(0);
        assertEquals(Outcome.NOT_NOW, log.scrub());
        assertTrue(log.rig.log().isUsable());
        assertFalse(log.isDue(), "later");
        log.rig.disk.capacity(1L << 40);
        log.rig.clock.pass(TimeUnit.MINUTES.toMillis(10));
        assertTrue(log.isDue());
        assertEquals(Outcome.VERIFIED, log.scrub());
        log.check(5);
    }

    @Test
    void aLogIsNeverCompactedAndMendedAtOnce() throws IOException {
        var compacted = new CompactionRig();
        compacted.put("a=1", "b=1");
        compacted.roll();
        compacted.put("a=2");
        compacted.roll();
        compacted.put("c=1");
        compacted.roll();
        var scrubber = compacted.rig.folder().scrubber();
        scrubber.limitTo(Long.MAX_VALUE);
        var log = compacted.rig.log().mending();
        var first = log.closedFrom(0).orElseThrow();
        log.begin(first);
        assertTrue(log.isWanted(first));
        assertFalse(compacted.rig.log().cleaning().isWanted());
        assertEquals(CleaningResult.Outcome.NOTHING_TO_DO, compacted.clean().outcome());
        log.end(first);

        var done = new AtomicReference<CleaningResult>();
        assertTrue(compacted.begin(Long.MAX_VALUE, CompactionRig.LIMITS, done));
        log.begin(first);
        assertFalse(log.isWanted(first));
        log.end(first);
        assertTrue(compacted.rig.log().cleaning().isWanted());
        while (done.get() == null) compacted.rig.work.later();
        assertEquals(CleaningResult.Outcome.CLEANED, done.get().outcome());
        assertFalse(log.holds(first));
    }
}
