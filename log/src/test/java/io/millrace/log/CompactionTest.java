package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.log.CleaningResult.Outcome;
import io.millrace.log.CompactionRig.Form;
import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What stays of a log that is compacted, rule by rule.
class CompactionTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void theLastRecordOfEveryKeyStaysAtItsOffset(int codec) throws IOException {
        var log = new CompactionRig();
        log.put(Form.packed(codec), "a=1", "b=1", "c=1");
        log.put(Form.packed(codec), "a=2");
        log.roll();
        log.put(Form.packed(codec), "b=2", "d=1");
        log.roll();
        log.put("c=9");
        var result = log.clean();
        assertEquals(Outcome.CLEANED, result.outcome());
        assertEquals(6, result.reach());
        assertEquals(List.of("2:c=1", "3:a=2", "4:b=2", "5:d=1", "6:c=9"), log.records());
        var thinned = log.batches().getFirst();
        assertEquals(codec, thinned.codec());
        assertEquals(new OffsetRange(0, 3), new OffsetRange(thinned.baseOffset(), thinned.endOffset()));
        assertEquals(1, thinned.recordCount());
        assertEquals(1, thinned.partitionLeaderEpoch());
    }

    @Test
    void theActiveSegmentIsNotTouched() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=2");
        assertEquals(Outcome.NOTHING_TO_DO, log.clean().outcome());
        assertEquals(List.of("0:a=1", "1:a=2"), log.records());
    }

    @Test
    void whatIsNotStableIsNeitherTouchedNorDoesItSupersede() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.roll();
        log.put("a=2");
        log.roll();
        log.put("a=3");
        assertEquals(1, log.rig.log().cleaning().dirtiness(1).end());
        log.clean(1, CompactionRig.LIMITS);
        assertEquals(List.of("0:a=1", "1:a=2", "2:a=3"), log.records());
        log.clean(2, CompactionRig.LIMITS);
        assertEquals(List.of("1:a=2", "2:a=3"), log.records());
    }

    @Test
    void whatIsNotKnownToBeOnTheDiskIsNotTouched() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.rig.log().roll();
        log.put("a=2");
        log.rig.log().roll();
        assertEquals(Outcome.NOTHING_TO_DO, log.clean().outcome());
        log.rig.work.settle();
        assertEquals(Outcome.CLEANED, log.clean().outcome());
        assertEquals(List.of("1:a=2"), log.records());
    }

    @Test
    void theMarkOfADeletedKeyStaysUntilItsHorizonPasses() throws IOException {
        var log = new CompactionRig();
        log.put("a=1", "b=1");
        log.put("a=", "c=1");
        log.roll();
        log.clean();
        assertEquals(List.of("1:b=1", "2:a=", "3:c=1"), log.records());
        var marked = log.batches().getLast();
        assertTrue(marked.hasDeleteHorizon());
        assertEquals(log.rig.clock.wallMs() + 1000, marked.deleteHorizonMs());
        assertEquals(log.rig.clock.wallMs() + 1, times(marked).getLast(), "records keep their times");

        log.rig.clock.pass(999);
        log.put("x=1");
        log.roll();
        log.clean();
        assertEquals(List.of("1:b=1", "2:a=", "3:c=1", "4:x=1"), log.records());
        assertEquals(marked.deleteHorizonMs(), log.batches().get(1).deleteHorizonMs(), "a horizon does not move");

        log.rig.clock.pass(1);
        log.put("x=2");
        log.roll();
        log.clean();
        assertEquals(List.of("1:b=1", "3:c=1", "5:x=2"), log.records());
    }

    private static List<Long> times(RecordBatch batch) {
        var times = new ArrayList<Long>();
        CompactionRig.read(batch, record -> times.add(record.timestampMs()));
        return times;
    }

    @Test
    void aClockThatJumpsPassesNoHorizon() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=");
        log.roll();
        log.clean();
        log.rig.clock.jump(315_360_000_000L);
        log.put("b=1");
        log.roll();
        log.clean();
        assertEquals(List.of("1:a=", "2:b=1"), log.records());
    }

    @Test
    void aClockSetForwardWhileTheNodeWasDownPassesNoHorizon() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=");
        log.roll();
        log.clean();
        log.rig.close();
        log.rig.clock.jump(315_360_000_000L);
        log.rig.open();
        log.put("b=1");
        log.roll();
        log.clean();
        assertEquals(List.of("1:a=", "2:b=1"), log.records());

        log.rig.clock.pass(1000);
        log.put("c=1");
        log.roll();
        log.clean();
        assertEquals(List.of("2:b=1", "3:c=1"), log.records());
    }

    @Test
    void aLaterValueBringsADeletedKeyBack() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=");
        log.put("a=2");
        log.roll();
        log.clean();
        assertEquals(List.of("2:a=2"), log.records());
    }

    @Test
    void aRecordWithoutAKeyGoes() throws IOException {
        var log = new CompactionRig();
        log.put("=1", "a=1");
        log.put("=2");
        log.put("b=1");
        log.roll();
        var result = log.clean();
        assertEquals(2, result.keyless());
        assertEquals(List.of("1:a=1", "3:b=1"), log.records());
    }

    @Test
    void theLastBatchOfAKnownProducerOutlivesItsRecords() throws IOException {
        var log = new CompactionRig();
        log.put(Form.of(7, 0), "a=1");
        log.put(Form.of(7, 1), "a=2", "b=2");
        log.put(Form.of(8, 0), "c=1");
        log.put("a=3", "b=3", "c=3");
        log.roll();
        log.clean();
        assertEquals(List.of("2:-", "3:-", "4:a=3", "5:b=3", "6:c=3"), log.records());
        var empty = log.batches().getFirst();
        assertEquals(7, empty.producerId());
        assertEquals(2, empty.lastSequence());
        assertEquals(new OffsetRange(1, 3), new OffsetRange(empty.baseOffset(), empty.endOffset()));

        log.rig.clock.pass(2 * 86_400_000L);
        log.rig.log().retain();
        log.put("d=1");
        log.roll();
        log.clean();
        assertEquals(List.of("4:a=3", "5:b=3", "6:c=3", "7:d=1"), log.records(), "nobody knows them any more");
    }

    @Test
    void producersGoOnAfterACrashThatTookTheirSnapshots() throws IOException {
        var log = new CompactionRig();
        log.put(Form.of(7, 0), "a=1");
        log.put(Form.of(7, 1), "a=2", "b=2");
        log.put("a=3", "b=3");
        log.roll();
        log.clean();
        log.rig.kill();
        for (var name : log.rig.disk.list(log.dir())) {
            if (name.endsWith(".snapshot")) log.rig.disk.delete(log.dir().resolve(name));
        }
        log.rig.open();
        var again = CompactionRig.batch(Form.of(7, 1), 0, "a=2", "b=2");
        var duplicate = assertInstanceOf(
                Producers.Check.Duplicate.class, log.rig.log().producers().check(again));
        assertEquals(new OffsetRange(1, 3), duplicate.offsets());
    }

    @Test
    void recordsOfAnAbortedTransactionGoAndSupersedeNothing() throws IOException {
        var log = new CompactionRig();
        log.put("a=1", "b=1");
        log.put(Form.transactional(7, 0), "a=2");
        log.put(Form.transactional(8, 0), "b=2");
        log.append(CompactionRig.marker(7, false));
        log.append(CompactionRig.marker(8, true));
        log.put(Form.transactional(7, 1), "c=3");
        log.append(CompactionRig.marker(7, true));
        log.roll();
        log.clean();
        assertEquals(List.of("0:a=1", "3:b=2", "4:ABORT", "5:COMMIT", "6:c=3", "7:COMMIT"), log.records());
    }

    @Test
    void aMarkerGoesAfterItsRecordsAndItsHorizon() throws IOException {
        var log = new CompactionRig();
        log.put(Form.transactional(7, 0), "a=1");
        log.append(CompactionRig.marker(7, false));
        log.put(Form.transactional(8, 0), "a=2");
        log.append(CompactionRig.marker(8, true));
        log.put(Form.transactional(7, 1), "a=3");
        log.append(CompactionRig.marker(7, true));
        log.put(Form.of(8, 1), "b=3");
        log.roll();
        log.clean();
        assertEquals(List.of("1:ABORT", "3:COMMIT", "4:a=3", "5:COMMIT", "6:b=3"), log.records());
        assertFalse(log.batches().getFirst().hasDeleteHorizon(), "its records were there until now");

        log.put("x=1");
        log.roll();
        log.clean();
        assertEquals(List.of("1:ABORT", "3:COMMIT", "4:a=3", "5:COMMIT", "6:b=3", "7:x=1"), log.records());
        assertTrue(log.batches().getFirst().hasDeleteHorizon());
        assertFalse(log.batches().get(3).hasDeleteHorizon(), "its record is still there");

        log.rig.clock.pass(1000);
        log.put("x=2");
        log.roll();
        log.clean();
        assertEquals(List.of("4:a=3", "5:COMMIT", "6:b=3", "8:x=2"), log.records());
    }

    @Test
    void nothingIsDecidedAboutATransactionWhoseMarkerIsNotStable() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("b=1");
        log.put("b=2");
        log.put(Form.transactional(7, 0), "a=2");
        log.roll();
        log.put("c=1");
        log.append(CompactionRig.marker(7, true));
        log.roll();
        log.put("d=1");
        var result = log.clean(4, CompactionRig.LIMITS);
        assertEquals(3, result.reach(), "up to the transaction");
        assertEquals(List.of("0:a=1", "2:b=2", "3:a=2", "4:c=1", "5:COMMIT", "6:d=1"), log.records());
        assertEquals(Outcome.NOTHING_TO_DO, log.clean(4, CompactionRig.LIMITS).outcome());

        log.clean(6, CompactionRig.LIMITS);
        assertEquals(List.of("2:b=2", "3:a=2", "4:c=1", "5:COMMIT", "6:d=1"), log.records());
    }

    @Test
    void aMarkerIsFoundBehindWhatIsCompacted() throws IOException {
        var log = new CompactionRig("min.compaction.lag.ms", "500");
        log.put("a=1");
        log.put(Form.transactional(7, 0), "a=2");
        log.roll();
        log.rig.clock.pass(500);
        log.append(CompactionRig.marker(7, false));
        log.roll();
        var result = log.clean();
        assertEquals(2, result.reach());
        assertEquals(List.of("0:a=1", "1:-", "2:ABORT"), log.records());
    }

    @Test
    void whenTheMapIsFullTheNextCompactionGoesOnThere() throws IOException {
        var log = new CompactionRig("segment.bytes", "100000");
        for (int round = 0; round < 3; round++) {
            for (int key = 0; key < 40; key++) log.put("key" + key + "=" + round, "same=" + key);
        }
        log.roll();
        var few = new FolderCleaner.Limits(24 * 31, 0.9, Double.MAX_VALUE);
        long reach = 0;
        int rounds = 0;
        while (reach < 240) {
            var result = log.clean(Long.MAX_VALUE, few);
            assertTrue(result.reach() > reach, "it stays at " + reach);
            assertTrue(result.keys() <= 31);
            reach = result.reach();
            rounds++;
        }
        assertTrue(rounds > 3, "rounds: " + rounds);
        var kept = log.records();
        for (int key = 0; key < 40; key++) {
            assertTrue(kept.contains((160 + 2 * key) + ":key" + key + "=2"), kept.toString());
        }
        assertTrue(kept.contains("239:same=39"));
        assertEquals(41, kept.size(), "every key was in a map together with its earlier records");
    }

    @Test
    void segmentsAreMergedUpToTheirSize() throws IOException {
        var log = new CompactionRig("segment.bytes", "1000");
        for (int i = 0; i < 20; i++) {
            log.put("key" + i + "=" + "v".repeat(100));
            log.put("key" + i + "=" + "w".repeat(100));
            log.roll();
        }
        log.clean();
        log.put("x=1");
        log.roll();
        log.clean();
        assertEquals(21, log.records().size());
        var sizes = logFiles(log);
        assertTrue(sizes.size() <= 6, sizes.toString());
    }

    private static List<String> logFiles(CompactionRig log) throws IOException {
        return log.rig.disk.list(log.dir()).stream()
                .filter(name -> name.endsWith(".log"))
                .toList();
    }

    @Test
    void oldSegmentsStayForAWhileAndReadersKeepThem() throws IOException {
        var log = new CompactionRig();
        log.put("a=1", "b=1");
        log.put("a=2");
        log.roll();
        var before = log.rig
                .log()
                .reader()
                .readBlocking(0, 10, 10_000, true)
                .orElseThrow()
                .place();
        var lookup = log.rig.log().reader().firstAtOrAfter(0, 10, CompactionRig.READER);
        var done = new AtomicReference<CleaningResult>();
        log.begin(Long.MAX_VALUE, CompactionRig.LIMITS, done);
        while (!log.rig.disk.exists(log.rig.file(0, ".log.deleted"))) log.rig.work.later();
        assertEquals(List.of("1:b=1", "2:a=2"), log.records(), "before the new file has its name");
        assertTrue(log.rig.disk.exists(log.rig.file(0, ".log.swap")));
        var read = new RecordBatch(before.readFully(), 0);
        assertEquals(2, read.recordCount());
        before.release();
        assertEquals(0, find(lookup).orElseThrow().offset(), "the look-up began before");
        while (done.get() == null) log.rig.work.later();
        assertEquals(List.of("1:b=1", "2:a=2"), log.records());
        log.rig.work.later();
        assertEquals(
                List.of(),
                log.rig.disk.list(log.dir()).stream()
                        .filter(name -> name.endsWith(".deleted") || name.endsWith(".swap"))
                        .toList());
    }

    private static Optional<TimeLookup.Result> find(TimeLookup lookup) throws IOException {
        try {
            return lookup.find();
        } catch (MalformedRecords e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void offsetsInAGapAndTimesAreFoundInWhatIsLeft() throws IOException {
        var log = new CompactionRig("segment.bytes", "100000", "index.interval.bytes", "1");
        for (int i = 0; i < 50; i++) log.append(CompactionRig.batch(Form.PLAIN, 1000 + i, "key" + i % 5 + "=" + i));
        log.roll();
        log.clean();
        assertEquals(5, log.records().size());
        for (int offset = 0; offset < 50; offset++) {
            var slice = log.rig.log().reader().readBlocking(offset, 50, 1, true).orElseThrow();
            assertEquals(Math.max(45, offset), slice.firstOffset());
            slice.place().release();
            var found = find(log.rig.log().reader().firstAtOrAfter(1000 + offset, 50, CompactionRig.READER));
            assertEquals(Math.max(45, offset), found.orElseThrow().offset());
        }
        assertEquals(
                49,
                find(log.rig.log().reader().newest(50, CompactionRig.READER))
                        .orElseThrow()
                        .offset());
        log.rig.close();
        log.rig.open();
        assertEquals(50, log.rig.log().endOffset());
        assertEquals(5, log.records().size());
        assertEquals(
                47,
                find(log.rig.log().reader().firstAtOrAfter(1047, 50, CompactionRig.READER))
                        .orElseThrow()
                        .offset());
    }

    @Test
    void aBatchThatEndsASegmentKeepsItsOffsets() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=2");
        log.roll();
        log.put("a=3");
        log.roll();
        log.clean();
        assertEquals(List.of("2:a=3"), log.records(), "both became one segment");

        var other = new CompactionRig("segment.bytes", "150");
        other.put("a=1");
        other.put("a=2");
        other.roll();
        other.put("a=3");
        other.roll();
        other.clean();
        assertEquals(List.of("1:-", "2:a=3"), other.records());
    }

    @Test
    void aLogThatIsCutMeanwhileKeepsNothingOfACompaction() throws IOException {
        for (int steps = 0; steps < 12; steps++) {
            var log = new CompactionRig();
            log.put("a=1", "b=1");
            log.put("a=2");
            log.roll();
            log.put("b=2");
            log.roll();
            log.put("c=2");
            var done = new AtomicReference<CleaningResult>();
            log.begin(Long.MAX_VALUE, CompactionRig.LIMITS, done);
            for (int i = 0; i < steps; i++) log.rig.work.later();
            log.rig.log().truncateTo(3);
            log.put("z=1");
            log.rig.work.settle();
            while (done.get() == null) log.rig.work.later();
            var kept = log.records();
            assertTrue(kept.getLast().equals("3:z=1") && kept.contains("2:a=2"), steps + ": " + kept);
            log.rig.kill();
            log.rig.open();
            assertEquals(kept, log.records(), "after " + steps + " steps");
        }
    }

    @Test
    void aSegmentThatWaitsToBeSwappedInGoesWhenTheLogIsCut() throws IOException {
        for (boolean loopGoesOn : new boolean[] {false, true}) {
            var log = new CompactionRig();
            log.put("a=1", "b=1");
            log.put("a=2");
            log.roll();
            log.put("c=1");
            var loop = new ArrayDeque<Runnable>();
            var done = new AtomicReference<CleaningResult>();
            var cleaner = log.rig.folder().cleaner();
            assertTrue(cleaner.clean(
                    log.rig.log(),
                    Long.MAX_VALUE,
                    CompactionRig.LIMITS,
                    CompactionRig.READER,
                    CompactionRig.FILTER,
                    loop::add,
                    done::set));
            while (!log.rig.disk.exists(log.rig.file(0, ".log.swap"))) log.rig.work.later();
            log.rig.log().truncateTo(2);
            log.put("z=1");
            log.rig.work.syncAll();
            while (loopGoesOn && done.get() == null) {
                for (var task = loop.poll(); task != null; task = loop.poll()) task.run();
                log.rig.work.later();
            }
            if (loopGoesOn) assertEquals(CleaningResult.without(Outcome.LOG_CHANGED), done.get());
            var expected = List.of("0:a=1", "1:b=1", "2:z=1");
            assertEquals(expected, log.records());
            log.rig.kill();
            log.rig.open();
            assertEquals(expected, log.records());
        }
    }

    @Test
    void aDamagedLogIsNamedAndLeftAlone() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=2");
        log.roll();
        var file = log.rig.file(0, ".log");
        var bytes = log.rig.disk.bytes(file);
        bytes[bytes.length - 1] ^= 1;
        log.rig.disk.damage(file, bytes);
        assertEquals(Outcome.UNCLEANABLE, log.clean().outcome());
        assertEquals(Dirtiness.NONE, log.rig.folder().cleaner().dirtiness(log.rig.log(), Long.MAX_VALUE));
        assertArrayEquals(bytes, log.rig.disk.bytes(file));
        assertEquals(List.of("00000000000000000000.log", "00000000000000000002.log"), logFiles(log));
        assertFalse(log.rig.disk.exists(log.rig.file(0, ".log.cleaned")));
    }

    @Test
    void aDiskThatRefusesIsTriedAgain() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=2");
        log.roll();
        log.rig.disk.failWrites(path -> path.toString().endsWith(".cleaned"));
        assertEquals(Outcome.FAILED, log.clean().outcome());
        assertFalse(log.rig.disk.exists(log.rig.file(0, ".log.cleaned")));
        log.rig.disk.failWrites(null);
        assertEquals(Outcome.CLEANED, log.clean().outcome());
        assertEquals(List.of("1:a=2"), log.records());
    }

    @Test
    void theRecoveryPointIsOnTheDiskBeforeAnythingGoes() throws Exception {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=2");
        log.roll();
        var means = new Cleaner.Means(CompactionRig.READER, CompactionRig.FILTER, 1 << 20, 0.9);
        log.rig.log().cleaning().begin(Long.MAX_VALUE, means, 0).orElseThrow().step();
        log.rig.kill();
        log.rig.open();
        assertEquals(2, log.rig.log().recoveryPoint());
    }

    @Test
    void whoeverIsToldOfAnEndMayBeginAnew() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=2");
        log.roll();
        log.rig.disk.failWrites(path -> path.toString().endsWith(".cleaned"));
        var outcomes = new ArrayList<Outcome>();
        var cleaner = log.rig.folder().cleaner();
        Consumer<CleaningResult> again = result -> {
            outcomes.add(result.outcome());
            log.rig.disk.failWrites(null);
            assertTrue(log.begin(Long.MAX_VALUE, CompactionRig.LIMITS, new AtomicReference<>()));
        };
        assertTrue(cleaner.clean(
                log.rig.log(),
                Long.MAX_VALUE,
                CompactionRig.LIMITS,
                CompactionRig.READER,
                CompactionRig.FILTER,
                Runnable::run,
                again));
        for (int i = 0; i < 20; i++) log.rig.work.later();
        assertEquals(List.of(Outcome.FAILED), outcomes);
        assertEquals(List.of("1:a=2"), log.records());
    }

    @Test
    void aRestartGoesOnWhereCompactionGotTo() throws IOException {
        var log = new CompactionRig();
        log.put("a=1");
        log.put("a=2");
        log.roll();
        log.clean();
        log.rig.close();
        log.rig.open();
        assertEquals(2, log.rig.log().cleaning().dirtiness(Long.MAX_VALUE).firstDirty());
        log.put("b=1");
        log.roll();
        assertEquals(2, log.clean().from());
    }
}
