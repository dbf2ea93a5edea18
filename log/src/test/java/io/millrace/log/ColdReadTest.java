package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.DiskFile;
import io.millrace.disk.ForwardingDisk;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// Reads far behind the end: the loop asks, another thread looks, and the log may change meanwhile.
class ColdReadTest {

    private static final int BATCHES = 1000;
    private static final long ALL = Long.MAX_VALUE;

    private final Rig rig = new Rig("segment.bytes", "20000", "index.interval.bytes", "1000");

    /// A thousand batches of one record, ten kilobytes or less of them in a row known, and
    /// everything synced.
    private Log filled() throws IOException {
        var log = rig.open();
        for (int i = 0; i < BATCHES; i++) {
            log.append(Rig.batch(1, 100, i), 1);
            log.write();
        }
        rig.work.syncAll();
        return log;
    }

    private static ColdLookup cold(Log log, long offset, int maxBytes) throws IOException {
        return assertInstanceOf(LogRead.Cold.class, log.reader().read(offset, ALL, maxBytes, true))
                .lookup();
    }

    private static LogSlice bytes(Log log, long offset, int maxBytes) throws IOException {
        return assertInstanceOf(LogRead.Bytes.class, log.reader().read(offset, ALL, maxBytes, true))
                .slice();
    }

    @Test
    void theLoopLooksAtNoFile() throws IOException {
        var log = filled();
        long read = rig.disk.bytesRead();
        int open = rig.disk.openFiles();
        for (long offset = 0; offset < BATCHES; offset += 17) {
            switch (log.reader().read(offset, ALL, 1000, true)) {
                case LogRead.Cold(var lookup) -> lookup.release();
                case LogRead.Bytes(var slice) -> slice.place().release();
                case LogRead.Nothing _ -> throw new AssertionError("nothing at " + offset);
            }
        }
        assertEquals(read, rig.disk.bytesRead());

        var lookup = cold(log, 100, 1000);
        lookup.run();
        read = rig.disk.bytesRead();
        log.reader().learn(lookup);
        var slice = bytes(log, 100, 1000);
        assertEquals(100, slice.firstOffset());
        assertEquals(read, rig.disk.bytesRead());
        slice.place().release();
        assertEquals(open + 1, rig.disk.openFiles(), "the file of the stretch");
        log.close();
        rig.close();
        assertEquals(0, rig.disk.openFiles());
    }

    @Test
    void whoReadsOnSeldomAsks() throws IOException {
        var log = filled();
        int lookups = 0;
        int reads = 0;
        long offset = 0;
        while (true) {
            switch (log.reader().read(offset, ALL, 1000, true)) {
                case LogRead.Cold(var lookup) -> {
                    lookups++;
                    lookup.run();
                    log.reader().learn(lookup);
                }
                case LogRead.Bytes(var slice) -> {
                    reads++;
                    offset = endOf(slice, offset);
                }
                case LogRead.Nothing _ -> {
                    assertEquals(BATCHES, offset);
                    assertTrue(reads > 100, "reads " + reads);
                    assertTrue(lookups * 3 < reads, lookups + " look-ups for " + reads + " reads");
                    return;
                }
            }
        }
    }

    @Test
    void whoReadsOnThroughMemoryIsWaitedForByTheNextBytes() throws IOException {
        assertEquals(1, lookupsOfOneWhoReadsOn(filled()), "only the first is waited for");
        rig.close();
        assertEquals(0, rig.disk.openFiles());
    }

    /// Everybody else waits for the disk, too.
    @Test
    void whoReadsOnThroughColdBytesAsksForNoneBeforeTheyAreNeeded() throws IOException {
        rig.seenDisk = new ForwardingDisk(rig.disk) {
            @Override
            public DiskFile openToRead(Path file) throws IOException {
                return new ForwardingFile(super.openToRead(file)) {
                    @Override
                    public long touch(long positionBytes, long lengthBytes) throws IOException {
                        rig.clock.pass(1);
                        return super.touch(positionBytes, lengthBytes);
                    }
                };
            }
        };
        int lookups = lookupsOfOneWhoReadsOn(filled());
        assertTrue(lookups > 20, lookups + " look-ups were waited for");
    }

    /// How often a reader of the whole log had to wait for a look-up.
    private int lookupsOfOneWhoReadsOn(Log log) throws IOException {
        int lookups = 0;
        for (long offset = 0; offset < BATCHES; ) {
            switch (log.reader().read(offset, ALL, 1000, true)) {
                case LogRead.Cold(var lookup) -> {
                    lookups++;
                    lookup.run();
                    log.reader().learn(lookup);
                }
                case LogRead.Bytes(var slice) -> {
                    offset = endOf(slice, offset);
                    var ahead = log.reader().ahead();
                    assertTrue(log.reader().ahead().isEmpty(), "it was asked for before");
                    if (ahead.isEmpty()) continue;
                    ahead.get().run();
                    log.reader().learn(ahead.get());
                }
                case LogRead.Nothing _ -> throw new AssertionError("nothing at " + offset);
            }
        }
        return lookups;
    }

    /// The beginning of a closed segment was read a moment ago, and came at the speed of memory; that
    /// says nothing of what lies behind.
    @Test
    void whatSomebodyElseReadSaysNothingOfTheRest() throws IOException {
        var touched = new ArrayList<Long>();
        rig.seenDisk = new ForwardingDisk(rig.disk) {
            @Override
            public DiskFile openToRead(Path file) throws IOException {
                return new ForwardingFile(super.openToRead(file)) {
                    @Override
                    public long touch(long positionBytes, long lengthBytes) throws IOException {
                        touched.add(positionBytes);
                        return super.touch(positionBytes, lengthBytes);
                    }
                };
            }
        };
        var log = filled();
        log.reader().readBlocking(0, ALL, 1000, true).orElseThrow().place().release();
        touched.clear();
        log.reader().readBlocking(60, ALL, 1000, true).orElseThrow().place().release();
        assertTrue(touched.stream().anyMatch(position -> position > 5_000), touched::toString);
    }

    /// The index knows the way past most batches.
    @Test
    void fewHeadersAreLookedAt() throws IOException {
        var log = filledWithMore();
        long before = rig.disk.bytesRead();
        assertEquals(BATCHES, readOn(log, 512 << 10));
        long read = rig.disk.bytesRead() - before;
        // touched once, and read once here
        assertTrue(read < 2.6 * log.sizeBytes(), read + " bytes were read of " + log.sizeBytes());
    }

    @Test
    void anIndexThatLeadsNowhereIsNotFollowed() throws IOException {
        var log = filledWithMore();
        log.roll();
        var index = rig.file(0, ".index");
        var entries = ByteBuffer.wrap(rig.disk.bytes(index).clone());
        for (int at = 4; at < entries.limit(); at += 8) entries.putInt(at, entries.getInt(at) + 7);
        rig.disk.damage(index, entries.array());
        assertEquals(BATCHES, readOn(log, 512 << 10));
    }

    /// Its base offset is not covered by its checksum; a reader must not wait for offsets that
    /// lie beyond.
    @Test
    void aBatchThatSaysItLiesBeyondItsSegmentIsDamage() throws IOException {
        var log = filledWithMore();
        log.roll();
        var bytes = rig.disk.bytes(rig.file(0, ".log")).clone();
        bytes[3] ^= 0x5a;
        rig.disk.damage(rig.file(0, ".log"), bytes);
        var lookup = cold(log, 0, 1 << 20);
        lookup.run();
        assertThrows(IOException.class, () -> log.reader().learn(lookup));
    }

    /// A thousand batches of a kilobyte, in one segment.
    private Log filledWithMore() throws IOException {
        rig.config = Rig.config("segment.bytes", "4000000", "index.interval.bytes", "4096");
        var log = rig.open();
        for (int i = 0; i < BATCHES; i++) log.append(Rig.batch(1, 1_000, i), 1);
        log.write();
        rig.work.syncAll();
        return log;
    }

    /// Reads from the start on; returns where that ends.
    private static long readOn(Log log, int maxBytes) throws IOException {
        long offset = 0;
        for (var slice = log.reader().readBlocking(offset, ALL, maxBytes, true);
                slice.isPresent();
                slice = log.reader().readBlocking(offset, ALL, maxBytes, true)) {
            offset = endOf(slice.get(), offset);
        }
        return offset;
    }

    /// Where a reader goes on who was given whole batches.
    private static long endOf(LogSlice slice, long from) throws IOException {
        var bytes = slice.place().readFully();
        slice.place().release();
        long end = from;
        for (int at = 0; at < bytes.limit(); ) {
            var batch = new RecordBatch(bytes, at);
            if (batch.sizeBytes() > bytes.limit() - at) break;
            assertEquals(end, batch.baseOffset());
            end = batch.endOffset();
            at += batch.sizeBytes();
        }
        return end;
    }

    @Test
    void whatWasLookedUpIsForgottenAfterAWhile() throws IOException {
        var log = filled();
        look(log, 100);
        bytes(log, 100, 1000).place().release();
        rig.clock.pass(5_000);
        look(log, 100);
        bytes(log, 100, 1000).place().release();
    }

    private static void look(Log log, long offset) throws IOException {
        var lookup = cold(log, offset, 1000);
        lookup.run();
        log.reader().learn(lookup);
    }

    @Test
    void theFilesAreLetGoOfWhenNobodyReadsOn() throws IOException {
        var log = filled();
        log.rest();
        int open = rig.disk.openFiles();
        for (long offset = 0; offset < BATCHES / 2; offset += 40) look(log, offset);
        assertTrue(rig.disk.openFiles() > open);
        rig.clock.pass(5_000);
        log.append(Rig.batch(1, 100, 5), 1);
        log.write();
        rig.work.syncAll();
        log.rest();
        assertEquals(open, rig.disk.openFiles(), "also while others append");
    }

    @Test
    void aLogThatIsCutMeanwhileIsReadAgain() throws IOException {
        var log = filled();
        var early = cold(log, 100, 1000);
        var late = cold(log, 600, 1000);
        early.run();
        log.truncateTo(300);
        late.run();
        log.reader().learn(early);
        log.reader().learn(late);
        assertThrows(IllegalArgumentException.class, () -> log.reader().read(600, ALL, 1000, true));
        for (int i = 300; i < BATCHES; i++) log.append(Rig.batch(1, 100, 7), 2);
        log.write();
        assertArrayEqualsToTheLog(log);
    }

    private void assertArrayEqualsToTheLog(Log log) throws IOException {
        var all = Rig.readAll(log, log.startOffset(), ALL, 900);
        assertEquals((BATCHES - log.startOffset()) * Rig.batch(1, 100, 5).sizeBytes(), all.length);
    }

    @Test
    void aSegmentThatIsDroppedMeanwhileIsNoAccident() throws IOException {
        var log = filled();
        var before = cold(log, 0, 1000);
        var after = cold(log, 1, 1000);
        before.run();
        log.trimTo(500);
        rig.work.syncAll();
        for (int i = 0; i < 100; i++) {
            log.retain();
            rig.work.settle();
        }
        after.run();
        assertNotNull(after.failure(), "the file is gone");
        log.reader().learn(before);
        log.reader().learn(after);
        assertThrows(IllegalArgumentException.class, () -> log.reader().read(0, ALL, 1000, true));
        assertTrue(log.startOffset() >= 500);
    }

    @Test
    void whatCannotBeReadIsSaid() throws IOException {
        var log = filled();
        var lookup = cold(log, 0, 1000);
        rig.disk.delete(rig.file(0, ".log"));
        lookup.run();
        assertThrows(IOException.class, () -> log.reader().learn(lookup));
        assertTrue(log.isUsable());
        look(log, 500);
        bytes(log, 500, 1000).place().release();
    }

    @Test
    void wrongIndexesAreMadeAnewBesideTheOldOnes() throws IOException {
        var log = filled();
        rig.disk.delete(rig.file(0, ".index"));
        var one = cold(log, 50, 1000);
        var two = cold(log, 60, 1000);
        var unwanted = cold(log, 70, 1000);
        one.run();
        two.run();
        unwanted.run();
        assertFalse(rig.disk.exists(rig.file(0, ".index")), "the log's own files are the loop's");
        log.reader().learn(one);
        assertTrue(rig.disk.exists(rig.file(0, ".index")));
        log.reader().learn(two);
        unwanted.release();
        assertTrue(
                rig.disk.list(rig.dir.resolve("orders-0")).stream().noneMatch(name -> name.endsWith(".tmp")),
                "nothing is left over");
        long read = rig.disk.bytesRead();
        look(log, 100);
        assertTrue(rig.disk.bytesRead() - read < 12_000, "only what lies behind an entry of the index is looked at");
        assertArrayEqualsToTheLog(log);
    }

    @Test
    void aReaderWhoMayNotSeeTheNextBatchIsGivenNothingUntilHeMay() throws IOException {
        var log = filled();
        log.append(Rig.batch(10, 100, 5), 1);
        for (int i = 0; i < 400; i++) log.append(Rig.batch(1, 100, 5), 1);
        log.write();
        var inside = BATCHES + 5;
        var lookup = assertInstanceOf(LogRead.Cold.class, log.reader().read(BATCHES, inside, 1000, true))
                .lookup();
        lookup.run();
        log.reader().learn(lookup);
        assertInstanceOf(LogRead.Nothing.class, log.reader().read(BATCHES, inside, 1000, true));
        look(log, BATCHES);
        bytes(log, BATCHES, 1000).place().release();
    }

    @Test
    void whoeverMayHaveNothingAsksForNothing() throws IOException {
        var log = filled();
        assertInstanceOf(LogRead.Nothing.class, log.reader().read(0, ALL, 10, false));
        look(log, 0);
        assertInstanceOf(LogRead.Nothing.class, log.reader().read(0, ALL, 100, false), "the batch is larger");
    }
}
