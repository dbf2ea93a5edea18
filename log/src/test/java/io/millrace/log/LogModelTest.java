package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A log does what a list of batches does, whatever comes in whatever order: appends, reads, trims,
/// cuts, clean ends, kills, power cuts.
class LogModelTest {

    private static final int STEPS = 400;
    private static final int PRODUCERS = 3;

    /// A batch that was appended, and what its producer would send again.
    private record Appended(long base, long end, ByteBuffer bytes, long producer, int epoch, int sequence, int count) {}

    /// A few that stay, some new ones; or the one in `-Dmillrace.seed`.
    static List<Long> seeds() {
        var given = Long.getLong("millrace.seed");
        if (given != null) return List.of(given);
        var random = new Random();
        var seeds = new ArrayList<>(List.of(1L, 2L, 3L));
        for (int i = 0; i < 20; i++) seeds.add(random.nextLong());
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLogIsAListOfBatches(long seed) throws IOException {
        System.out.println("seed " + seed);
        new Run(seed).go();
    }

    private static final class Run {
        private final Random random;
        private final Rig rig;
        private final List<Appended> history = new ArrayList<>();
        private final int[] epochs = new int[PRODUCERS];
        private Log log;
        private long start;
        private long written;
        private long durable;
        private int leaderEpoch;
        private int firstProducer;

        Run(long seed) throws IOException {
            random = new Random(seed);
            rig = new Rig(
                    "segment.bytes", Integer.toString(500 + random.nextInt(6000)),
                    "index.interval.bytes", Integer.toString(random.nextInt(600)),
                    "segment.index.bytes", Integer.toString(24 + random.nextInt(200)),
                    "flush.messages", Integer.toString(random.nextBoolean() ? 50 : Integer.MAX_VALUE),
                    "retention.ms", "-1");
            log = rig.open();
        }

        void go() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(40)) {
                    case 0 -> reopen();
                    case 1 -> kill();
                    case 2 -> losePower();
                    case 3 -> trim();
                    case 4 -> truncate();
                    case 5 -> drop();
                    case 6 -> rig.work.later();
                    case 7, 8 -> {
                        rig.work.syncAll();
                        durable = log.recoveryPoint();
                        assertTrue(durable <= written, durable + " is durable, " + written + " written");
                    }
                    case 9 -> leaderEpoch += random.nextInt(3);
                    case 10, 11, 12, 13, 14 -> {
                        log.write();
                        written = end();
                    }
                    case 15, 16, 17, 18, 19, 20 -> read();
                    case 21 -> readEverything();
                    case 22, 23, 24 -> checkProducers();
                    default -> append();
                }
                assertEquals(start, log.startOffset());
                assertEquals(end(), log.endOffset());
            }
            rig.close();
            written = end();
            log = rig.open();
            readEverything();
            checkProducers();
        }

        private long end() {
            return history.isEmpty() ? start : Math.max(start, history.getLast().end());
        }

        private void append() throws IOException {
            int producer = random.nextInt(PRODUCERS + 1) - 1;
            int count = 1 + random.nextInt(4);
            RecordBatch batch;
            int sequence = -1;
            int epoch = -1;
            if (producer < 0) {
                batch = Rig.batch(count, random.nextInt(200), random.nextInt(1000));
            } else {
                if (random.nextInt(20) == 0) epochs[producer]++;
                epoch = epochs[producer];
                sequence = nextSequence(producer);
                batch = Rig.batch(
                        count, random.nextInt(200), random.nextInt(1000), firstProducer + producer, epoch, sequence);
                assertInstanceOf(Producers.Check.Fresh.class, log.producers().check(batch));
            }
            var offsets = log.append(batch, leaderEpoch);
            assertEquals(new OffsetRange(end(), end() + count), offsets);
            assertEquals(leaderEpoch, batch.partitionLeaderEpoch());
            history.add(new Appended(
                    offsets.first(),
                    offsets.end(),
                    ByteBuffer.wrap(Rig.bytes(batch)),
                    producer,
                    epoch,
                    sequence,
                    count));
            // a roll writes what is buffered first
            written = Math.max(written, log.writtenEnd());
            assertEquals(written, log.writtenEnd());
        }

        private int nextSequence(int producer) {
            return remembered(producer).stream()
                    .reduce((_, last) -> last)
                    .map(last -> last.sequence() + last.count())
                    .orElse(0);
        }

        /// The last five batches of the producer's current epoch.
        private List<Appended> remembered(int producer) {
            var all = history.stream()
                    .filter(batch -> batch.producer() == producer && batch.epoch() == epochs[producer])
                    .toList();
            return all.subList(Math.max(0, all.size() - 5), all.size());
        }

        private void checkProducers() {
            for (int producer = 0; producer < PRODUCERS; producer++) {
                for (var batch : remembered(producer)) {
                    var again =
                            Rig.batch(batch.count(), 3, 5, firstProducer + producer, batch.epoch(), batch.sequence());
                    var duplicate = assertInstanceOf(
                            Producers.Check.Duplicate.class, log.producers().check(again));
                    assertEquals(new OffsetRange(batch.base(), batch.end()), duplicate.offsets());
                }
                int next = nextSequence(producer);
                if (next == 0) continue;
                var gap = Rig.batch(1, 3, 5, firstProducer + producer, epochs[producer], next + 1);
                assertInstanceOf(Producers.Check.Refused.class, log.producers().check(gap));
            }
        }

        private void read() throws IOException {
            if (written == start) return;
            long offset = start + random.nextLong(written - start);
            long end = offset + random.nextLong(written - offset + 2);
            int maxBytes = 1 + random.nextInt(2000);
            boolean atLeastOne = random.nextBoolean();
            var expected = bytesBetween(offset, Math.min(end, written));
            var slice = log.reader().readBlocking(offset, end, maxBytes, atLeastOne);
            if (expected.length == 0) {
                assertTrue(slice.isEmpty());
                return;
            }
            var first = holding(offset);
            if (first.bytes().capacity() > maxBytes && !atLeastOne) {
                assertTrue(slice.isEmpty());
                return;
            }
            var read = slice.orElseThrow().place().readFully();
            var bytes = new byte[read.remaining()];
            read.get(bytes);
            slice.get().place().release();
            assertEquals(first.base(), slice.get().firstOffset());
            assertTrue(bytes.length <= Math.max(maxBytes, first.bytes().capacity()), "too many: " + bytes.length);
            assertTrue(bytes.length >= first.bytes().capacity(), "first batch is cut");
            assertArrayEquals(Arrays.copyOf(expected, bytes.length), bytes);
        }

        private void readEverything() throws IOException {
            assertArrayEquals(bytesBetween(start, written), Rig.readAll(log, start, Long.MAX_VALUE, 900));
        }

        private Appended holding(long offset) {
            return history.stream()
                    .filter(batch -> batch.end() > offset)
                    .findFirst()
                    .orElseThrow();
        }

        private byte[] bytesBetween(long offset, long end) {
            var bytes = new ByteArrayOutputStream();
            for (var batch : history) {
                if (batch.end() > offset && batch.end() <= end)
                    bytes.writeBytes(Rig.bytes(new RecordBatch(batch.bytes(), 0)));
            }
            return bytes.toByteArray();
        }

        private void trim() throws IOException {
            long durable = log.durableEnd();
            if (durable <= start || random.nextInt(3) > 0) return;
            start += random.nextLong(durable - start + 1);
            log.trimTo(start);
        }

        private void drop() throws IOException {
            long kept = log.sizeBytes();
            long dropped = log.retain();
            // a roll of the only segment writes what is buffered first
            written = log.writtenEnd();
            assertEquals(kept - dropped, log.sizeBytes());
            assertEquals(start, log.startOffset());
        }

        private void truncate() throws IOException {
            if (end() == start || random.nextInt(3) > 0) return;
            long to = start + random.nextLong(end() - start + 1);
            log.truncateTo(to);
            if (to == end()) return;
            history.removeIf(batch -> batch.end() > to);
            // a batch that held the start may be gone as a whole
            start = Math.min(start, log.endOffset());
            written = end();
            durable = Math.min(durable, written);
            leaderEpoch = Math.max(leaderEpoch, log.epochs().latest());
            for (int producer = 0; producer < PRODUCERS; producer++) epochs[producer] = knownEpoch(producer);
        }

        private int knownEpoch(int producer) {
            return history.stream()
                    .filter(batch -> batch.producer() == producer)
                    .reduce((_, last) -> last)
                    .map(Appended::epoch)
                    .orElse(0);
        }

        private void reopen() throws IOException {
            rig.close();
            log = rig.open();
            assertTrue(rig.folder().endedCleanly());
            written = end();
            durable = written;
            readEverything();
        }

        private void kill() throws IOException {
            rig.kill();
            afterCrash(false);
            assertEquals(written, end(), "what was written outlives the process");
        }

        private void losePower() throws IOException {
            rig.kill();
            rig.disk.losePower(random);
            afterCrash(true);
            assertTrue(written >= durable, "synced up to " + durable + ", found " + written);
        }

        /// Of the batches before the start that were not durable nobody knows which were lost with the
        /// power, so other producers go on.
        private void strangers() {
            firstProducer += PRODUCERS;
            history.replaceAll(batch -> new Appended(batch.base(), batch.end(), batch.bytes(), -1, -1, -1, 0));
        }

        private void afterCrash(boolean powerWasLost) throws IOException {
            long before = written;
            log = rig.open();
            written = log.endOffset();
            assertTrue(written <= before);
            history.removeIf(batch -> batch.end() > written);
            if (powerWasLost && durable < start) strangers();
            // the start is told to the disk soon, not at once
            assertTrue(log.startOffset() <= start);
            start = log.startOffset();
            for (int producer = 0; producer < PRODUCERS; producer++) epochs[producer] = knownEpoch(producer);
            leaderEpoch = Math.max(leaderEpoch, log.epochs().latest());
            readEverything();
            checkProducers();
        }
    }
}
