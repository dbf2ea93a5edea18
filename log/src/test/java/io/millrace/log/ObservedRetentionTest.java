package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Nothing goes before the folder was open for as long as it has to be kept, whatever clocks and records
/// say, and however often the node is started.
class ObservedRetentionTest {

    private static final long TEN_YEARS_MS = TimeUnit.DAYS.toMillis(3650);
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long YEAR_2099_MS = 4_070_908_800_000L;

    private static void append(Log log, long timestampMs) throws IOException {
        log.append(Rig.batch(1, 100, timestampMs), 1);
        log.write();
    }

    private static void retainAll(Rig rig) throws IOException {
        for (int idle = 0; idle < 2; ) {
            idle = rig.log().retain() == 0 ? idle + 1 : 0;
            rig.work.settle();
        }
    }

    @Test
    void aWallClockThatJumpsWhileTheNodeIsDownDeletesNothing() throws IOException {
        for (long jumpMs : List.of(TEN_YEARS_MS, -TEN_YEARS_MS)) {
            var rig = new Rig("segment.bytes", "1000");
            var log = rig.open();
            for (int i = 0; i < 30; i++) append(log, i % 2 == 0 ? 0 : YEAR_2099_MS);
            for (int run = 0; run < 3; run++) {
                rig.close();
                rig.clock.jump(jumpMs);
                rig.open();
                retainAll(rig);
                assertEquals(0, rig.log().startOffset());
                rig.kill();
                rig.clock.jump(jumpMs);
                rig.open();
                retainAll(rig);
                assertEquals(0, rig.log().startOffset());
            }
        }
    }

    @Test
    void aWeekPassesInManyShortRuns() throws IOException {
        var rig = new Rig("segment.bytes", "1000", "retention.ms", Long.toString(7 * DAY_MS));
        var log = rig.open();
        for (int i = 0; i < 30; i++) append(log, YEAR_2099_MS);
        long openMs = 0;
        while (openMs < 7 * DAY_MS) {
            retainAll(rig);
            assertEquals(0, rig.log().startOffset(), "after " + openMs);
            rig.clock.pass(DAY_MS / 4);
            openMs += DAY_MS / 4;
            rig.close();
            rig.clock.pass(30 * DAY_MS);
            rig.open();
        }
        rig.clock.pass(1);
        retainAll(rig);
        assertEquals(30, rig.log().startOffset());
    }

    @Test
    void runsThatEndWithAKillCountAsFarAsTheyWereWrittenDown() throws IOException {
        var rig = new Rig("retention.ms", Long.toString(7 * DAY_MS));
        append(rig.open(), 0);
        for (int i = 0; i < 60; i++) {
            retainAll(rig);
            if (rig.log().startOffset() > 0) break;
            rig.clock.pass(DAY_MS / 4);
            retainAll(rig);
            rig.kill();
            rig.open();
        }
        assertEquals(1, rig.log().startOffset());
    }

    @Test
    void theAgeOfTheFirstAppendOutlivesARestart() throws IOException {
        var rig = new Rig("segment.ms", "5000");
        append(rig.open(), 0);
        rig.clock.pass(3000);
        rig.close();
        rig.clock.pass(DAY_MS);
        rig.open();
        append(rig.log(), 0);
        assertTrue(!rig.disk.exists(rig.file(1, ".log")));
        rig.clock.pass(2500);
        append(rig.log(), 0);
        assertTrue(rig.disk.exists(rig.file(2, ".log")));
    }

    @Test
    void aProducerIsRememberedThoughTheWallClockJumpsWhileTheNodeIsDown() throws IOException {
        var rig = new Rig();
        var batch = Rig.batch(1, 100, 1, 7, 0, 0);
        rig.open().append(batch, 1);
        rig.log().write();
        rig.close();
        rig.clock.jump(TEN_YEARS_MS);
        rig.open();
        rig.log().retain();
        var again = rig.log().producers().check(Rig.batch(1, 100, 1, 7, 0, 0));
        assertInstanceOf(Producers.Check.Duplicate.class, again);
    }

    @Test
    void aLogThatNobodyAppendsToWritesNoTimes() throws IOException {
        var rig = new Rig("segment.bytes", "1000");
        for (int i = 0; i < 12; i++) append(i == 0 ? rig.open() : rig.log(), 0);
        rig.close();
        rig.open();
        var file = rig.dir.resolve("orders-0").resolve(SegmentFiles.APPEND_TIMES);
        long modifiedMs = rig.disk.modifiedMs(file);
        rig.clock.pass(1000);
        retainAll(rig);
        rig.close();
        assertEquals(modifiedMs, rig.disk.modifiedMs(file));
    }

    @Test
    void timesThatClaimMoreThanTheCrashLeftAreNotBelievedLater() throws IOException {
        var rig = new Rig("retention.ms", "10000", "durability", "page-cache");
        var log = rig.open();
        append(log, 0);
        retainAll(rig);
        rig.kill();
        rig.disk.losePower(new Random(0) {
            @Override
            public int nextInt(int bound) {
                return 0;
            }
        });
        log = rig.open();
        assertEquals(0, log.endOffset());
        rig.clock.pass(9000);
        append(log, 0);
        rig.kill();
        rig.open();
        rig.clock.pass(9000);
        retainAll(rig);
        assertEquals(0, rig.log().startOffset());
    }

    /// Appends, waits, jumps, ends and starts at random, and keeps its own account of how long the
    /// folder was open since each record.
    @Test
    void nothingGoesEarly() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        for (int round = 0; round < 300; round++) nothingGoesEarly(seed + round);
    }

    private static void nothingGoesEarly(long seed) throws IOException {
        var random = new Random(seed);
        long retentionMs = 100_000;
        var rig = new Rig("segment.bytes", "600", "retention.ms", Long.toString(retentionMs), "segment.ms", "50000");
        rig.open();
        long openMs = 0;
        var appendedMs = new ArrayList<Long>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    append(rig.log(), random.nextBoolean() ? 0 : YEAR_2099_MS);
                    while (appendedMs.size() > rig.log().endOffset() - 1) appendedMs.removeLast();
                    appendedMs.add(openMs);
                }
                case 2, 3 -> {
                    int ms = random.nextInt(40_000);
                    rig.clock.pass(ms);
                    openMs += ms;
                }
                case 4 -> rig.clock.jump((random.nextBoolean() ? 1 : -1) * TEN_YEARS_MS);
                case 5 -> {
                    rig.work.settle();
                    retainAll(rig);
                }
                case 6 -> {
                    rig.close();
                    rig.clock.pass(random.nextInt(1_000_000));
                    rig.open();
                }
                default -> {
                    rig.kill();
                    if (random.nextBoolean()) rig.disk.losePower(random);
                    rig.clock.pass(random.nextInt(1_000_000));
                    rig.open();
                }
            }
            long start = rig.log().startOffset();
            for (int offset = 0; offset < Math.min(start, appendedMs.size()); offset++) {
                long ageMs = openMs - appendedMs.get(offset);
                assertTrue(
                        ageMs > retentionMs,
                        "seed %d, step %d: offset %d is gone after %d ms".formatted(seed, step, offset, ageMs));
            }
        }
    }
}
