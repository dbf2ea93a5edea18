package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.SegmentFiles;
import io.millrace.model.OffsetRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Records that were promised, and are damaged.
class QuarantineTest {

    private static final int BATCHES = 12;

    private final Rig rig = new Rig("segment.bytes", "100000", "index.interval.bytes", "200");

    /// Batches of two records that are on the disk; returns their bytes.
    private byte[] fill() throws IOException {
        var log = rig.open();
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < BATCHES; i++) {
            var batch = Rig.batch(2, 50, i);
            log.append(batch, 1);
            all.writeBytes(Rig.bytes(batch));
        }
        log.write();
        rig.work.commitAll();
        assertEquals(2 * BATCHES, log.durableEnd());
        rig.kill();
        // the promise is in the checkpoints, and nothing in the write-ahead log could mend the damage
        rig.open();
        rig.kill();
        return all.toByteArray();
    }

    private void damage(byte[] bytes, int from, int to) {
        var damaged = bytes.clone();
        for (int at = from; at < to; at++) damaged[at] ^= 0x35;
        rig.disk.damage(rig.file(0, ".log"), damaged);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, BATCHES - 1})
    void aBatchWhoseHeaderIsBrokenIsSetAsideAndTheOthersAreServed(int which) throws IOException {
        var bytes = fill();
        int size = bytes.length / BATCHES;
        damage(bytes, which * size, (which + 1) * size);
        var log = rig.open();

        assertEquals(List.of(new OffsetRange(2L * which, 2L * which + 2)), log.quarantined());
        assertEquals(2 * BATCHES, log.endOffset(), "no offset is given twice");
        assertArrayEquals(
                Arrays.copyOf(bytes, which * size), Rig.readAll(log, 0, Long.MAX_VALUE, 1 << 20), "up to the damage");
        assertTrue(log.reader()
                .readBlocking(2L * which, Long.MAX_VALUE, 1 << 20, true)
                .isEmpty());
        long behind = 2L * which + 2;
        if (behind < log.endOffset()) {
            var rest = Arrays.copyOfRange(bytes, (which + 1) * size, bytes.length);
            assertArrayEquals(rest, Rig.readAll(log, behind, Long.MAX_VALUE, 1 << 20));
        }
        log.append(Rig.batch(1, 10, 5), 2);
        log.write();
        assertEquals(2 * BATCHES + 1, log.endOffset());

        rig.kill();
        assertEquals(1, rig.open().quarantined().size(), "it is said once, and stays said");
    }

    @Test
    void theMissingEndOfAFileIsInQuarantine() throws IOException {
        var bytes = fill();
        rig.disk.damage(rig.file(0, ".log"), Arrays.copyOf(bytes, bytes.length / BATCHES * 5 + 20));
        var log = rig.open();
        assertEquals(List.of(new OffsetRange(10, 2 * BATCHES)), log.quarantined());
        assertEquals(2 * BATCHES, log.endOffset());
        assertArrayEquals(
                Arrays.copyOf(bytes, bytes.length / BATCHES * 5), Rig.readAll(log, 0, Long.MAX_VALUE, 1 << 20));
    }

    @Test
    void aMissingSegmentIsInQuarantine() throws IOException {
        fill();
        rig.disk.delete(rig.file(0, ".log"));
        var log = rig.open();
        assertEquals(List.of(new OffsetRange(0, 2 * BATCHES)), log.quarantined());
        assertEquals(2 * BATCHES, log.endOffset());
    }

    @Test
    void whatIsTrimmedOrCutAwayIsNotInQuarantineAnyMore() throws IOException {
        var bytes = fill();
        int size = bytes.length / BATCHES;
        damage(bytes, 3 * size, 4 * size);
        var log = rig.open();
        log.trimTo(7);
        assertEquals(List.of(new OffsetRange(7, 8)), log.quarantined());
        log.trimTo(8);
        assertEquals(List.of(), log.quarantined());
        var gone = rig.file(6, Aside.SUFFIX + SegmentFiles.DELETED);
        assertTrue(rig.disk.exists(gone), "as segments, it goes after a delay");
        rig.work.later();
        assertFalse(rig.disk.exists(gone), "nobody wants it any more");
    }

    /// Damage found later may have begun before what was damaged first.
    @Test
    void aRangeThatHoldsAnotherStaysUntilItsOwnEnd() throws IOException {
        fill();
        var log = rig.open();
        var quarantine = Quarantine.read(log.mending().place(), List.of());
        quarantine.addAll(List.of(new OffsetRange(4, 6), new OffsetRange(2, 9)));
        quarantine.trimTo(7);
        assertEquals(List.of(new OffsetRange(7, 9)), quarantine.rangesFrom(7));
        assertTrue(quarantine.holds(8));
    }

    /// Base offset and leader epoch of a batch are not covered by its checksum, and not damaged here.
    @Test
    void anyDamageLeavesALogThatOpensAndServesWhatIsWhole() throws IOException {
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var bytes = fill();
        int size = bytes.length / BATCHES;
        for (int round = 0; round < 200; round++) {
            int which = random.nextInt(BATCHES);
            int from = which * size + (random.nextBoolean() ? 8 + random.nextInt(4) : 16 + random.nextInt(size - 16));
            damage(bytes, from, from + 1);
            rig.disk.delete(rig.dir.resolve(Rig.TOPIC + "-0").resolve(Quarantine.FILE));
            var log = rig.open();
            assertEquals(2 * BATCHES, log.endOffset());
            var served = new ByteArrayOutputStream();
            for (long offset = 0; offset < log.endOffset(); offset += 2) {
                if (log.isQuarantined(offset)) continue;
                served.writeBytes(Rig.readAll(log, offset, offset + 2, 1 << 20));
            }
            assertEquals(bytes.length - size * log.quarantined().size(), served.size());
            rig.kill();
        }
    }
}
