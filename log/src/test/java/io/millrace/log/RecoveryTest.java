package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.FolderCheckpoints;
import io.millrace.folder.SegmentFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a log finds when it opens after something went wrong.
class RecoveryTest {

    private final Rig rig = new Rig("segment.bytes", "100000", "index.interval.bytes", "200");

    /// Appends `count` batches of two records; returns their bytes.
    private byte[] fill(Log log, int count) throws IOException {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            var batch = Rig.batch(2, 20, 1000 + i);
            log.append(batch, 3);
            all.writeBytes(Rig.bytes(batch));
        }
        log.write();
        return all.toByteArray();
    }

    @Test
    void aTornTailIsCutAtEveryPosition() throws IOException {
        var whole = fill(rig.open(), 4);
        rig.kill();
        int size = whole.length / 4;
        for (int length = 0; length <= whole.length; length++) {
            rig.disk.damage(rig.file(0, ".log"), Arrays.copyOf(whole, length));
            var log = rig.open();
            int batches = length / size;
            assertEquals(2L * batches, log.endOffset(), "length " + length);
            assertArrayEquals(Arrays.copyOf(whole, batches * size), Rig.readAll(log, 0, Long.MAX_VALUE, 1 << 20));
            assertEquals((long) batches * size, rig.disk.sizeBytes(rig.file(0, ".log")));
            rig.kill();
        }
    }

    @Test
    void aFlippedByteCutsTheLogBeforeItsBatch() throws IOException {
        var whole = fill(rig.open(), 3);
        rig.kill();
        int size = whole.length / 3;
        for (int at = 0; at < whole.length; at++) {
            var damaged = whole.clone();
            damaged[at] ^= 0x40;
            rig.disk.damage(rig.file(0, ".log"), damaged);
            var log = rig.open();
            // base offset and leader epoch are not covered by the checksum
            boolean covered = at % size >= 16 || (at % size >= 8 && at % size < 12);
            if (covered) assertEquals(2L * (at / size), log.endOffset(), "byte " + at);
            rig.kill();
        }
    }

    @Test
    void afterACleanEndAlmostNothingIsRead() throws IOException {
        var big = new Rig("segment.bytes", "1000000", "index.interval.bytes", "4096");
        var log = big.open();
        for (int i = 0; i < 3000; i++) log.append(Rig.batch(1, 1000, i), 1);
        big.close();
        long before = big.disk.bytesRead();

        log = big.open();

        assertTrue(big.folder().endedCleanly());
        assertEquals(3000, log.endOffset());
        assertTrue(big.disk.bytesRead() - before < 20_000, "read " + (big.disk.bytesRead() - before));
    }

    @Test
    void afterAKillOnlyWhatWasNotSyncedIsRead() throws IOException {
        var big = new Rig("segment.bytes", "1000000", "index.interval.bytes", "4096");
        var log = big.open();
        for (int i = 0; i < 3000; i++) log.append(Rig.batch(1, 1000, i), 1);
        log.write();
        big.work.syncAll();
        big.work.later();
        big.kill();
        long before = big.disk.bytesRead();

        log = big.open();

        assertFalse(big.folder().endedCleanly());
        assertEquals(3000, log.endOffset());
        assertTrue(big.disk.bytesRead() - before < 1_300_000, "read " + (big.disk.bytesRead() - before));
    }

    @Test
    void damageBeforeTheRecoveryPointIsNotCutOff() throws IOException {
        var small = new Rig("segment.bytes", "100000", "index.interval.bytes", "1000000");
        var log = small.open();
        for (int i = 0; i < 10; i++) log.append(Rig.batch(2, 20, i), 1);
        small.close();
        log = small.open();
        for (int i = 0; i < 10; i++) log.append(Rig.batch(2, 20, i), 1);
        log.write();
        small.kill();
        var bytes = small.disk.bytes(small.file(0, ".log"));
        for (int i = 0; i < bytes.length / 3; i++) bytes[i] = 0;
        small.disk.damage(small.file(0, ".log"), bytes);

        log = small.open();
        assertEquals(40, log.endOffset());
        var damaged = log.quarantined().getFirst();
        assertEquals(0, damaged.first());
        assertTrue(damaged.end() < 20, "" + damaged);
        assertTrue(log.isQuarantined(0) && !log.isQuarantined(damaged.end()));
        var aside = small.disk.bytes(small.file(0, Aside.SUFFIX));
        assertArrayEquals(Arrays.copyOf(bytes, aside.length), aside, "nothing is thrown away");
        var rest = Arrays.copyOfRange(bytes, aside.length, bytes.length);
        assertArrayEquals(rest, Rig.readAll(log, damaged.end(), Long.MAX_VALUE, 1 << 20));
    }

    @Test
    void damageInTheMiddleDropsWhatFollows() throws IOException {
        var small = new Rig("segment.bytes", "1000", "index.interval.bytes", "200");
        var log = small.open();
        for (int i = 0; i < 30; i++) log.append(Rig.batch(2, 20, i), 1);
        log.write();
        small.kill();
        var bases = bases(small);
        assertTrue(bases.size() > 3);
        var second = small.file(bases.get(1), ".log");
        var bytes = small.disk.bytes(second);
        bytes[bytes.length - 1] ^= 1;
        small.disk.damage(second, bytes);

        log = small.open();

        assertTrue(log.endOffset() > bases.get(1) && log.endOffset() < bases.get(2));
        assertEquals(bases.subList(0, 2), bases(small));
        log.append(Rig.batch(1, 10, 5), 2);
        log.write();
        small.work.later();
        assertEquals(
                2,
                small.disk.list(log.dir()).stream()
                        .filter(n -> n.contains(".log"))
                        .count());
    }

    private static List<Long> bases(Rig rig) throws IOException {
        return rig.disk.list(rig.dir.resolve(Rig.TOPIC + "-0")).stream()
                .filter(name -> name.endsWith(".log"))
                .map(name -> SegmentFiles.offset(name, ".log").orElseThrow())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {".index", ".timeindex"})
    void aMissingShortOrWrongIndexIsMadeAnew(String suffix) throws IOException {
        for (var damage : List.of("missing", "short", "zeros", "ones", "odd")) {
            var big = new Rig("segment.bytes", "3000000", "index.interval.bytes", "2000");
            var log = big.open();
            for (int i = 0; i < 4000; i++) log.append(Rig.batch(1, 1000, i), 1);
            long second = log.endOffset() - 10;
            big.close();
            var file = big.file(0, suffix);
            var bytes = big.disk.bytes(file);
            switch (damage) {
                case "missing" -> big.disk.delete(file);
                case "short" -> big.disk.damage(file, Arrays.copyOf(bytes, 24));
                case "zeros" -> big.disk.damage(file, new byte[bytes.length]);
                case "ones" -> {
                    Arrays.fill(bytes, (byte) 0x7f);
                    big.disk.damage(file, bytes);
                }
                default -> big.disk.damage(file, Arrays.copyOf(bytes, bytes.length - 5));
            }
            log = big.open();
            for (long offset : new long[] {0, 1, 500, 1234, 2500, second}) {
                var slice = log.reader()
                        .readBlocking(offset, Long.MAX_VALUE, 1, true)
                        .orElseThrow();
                assertEquals(offset, slice.firstOffset(), damage);
                slice.place().release();
            }
            var found = log.reader().newest(Long.MAX_VALUE, new PlainReader());
            assertInstanceOf(TimeLookup.class, found);
        }
    }

    @Test
    void everythingIsFoundAgainWithoutAnyCheckpoint() throws IOException {
        var small = new Rig("segment.bytes", "1000", "index.interval.bytes", "200");
        var log = small.open();
        for (int i = 0; i < 30; i++) log.append(Rig.batch(2, 20, i, 7, 0, 2 * i), 1 + i / 10);
        small.close();
        for (var name : List.of(FolderCheckpoints.RECOVERY_POINTS, FolderCheckpoints.START_OFFSETS)) {
            small.disk.delete(small.dir.resolve(name));
        }
        small.disk.delete(log.dir().resolve(SegmentFiles.EPOCHS));
        for (var name : small.disk.list(log.dir())) {
            if (name.endsWith(".snapshot") || name.endsWith("index"))
                small.disk.delete(log.dir().resolve(name));
        }

        log = small.open();

        assertEquals(60, log.endOffset());
        assertEquals(3, log.epochs().latest());
        assertEquals(new EpochEnd(1, 20), log.epochs().endOf(1, 60));
        assertInstanceOf(Producers.Check.Duplicate.class, log.producers().check(Rig.batch(2, 20, 1, 7, 0, 58)));
    }

    @Test
    void unknownFilesAreLeftAlone() throws IOException {
        fill(rig.open(), 2);
        rig.close();
        var strange = rig.dir.resolve("orders-0").resolve("notes.txt");
        rig.disk.damage(strange, new byte[] {1});

        assertEquals(4, rig.open().endOffset());
        assertTrue(rig.disk.exists(strange));
    }
}
