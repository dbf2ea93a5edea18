package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.SegmentFiles;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A log of three closed segments, each of four batches of two records, and an active one; scrubbed
/// by hand.
final class ScrubRig {

    static final int PER_SEGMENT = 4;
    static final int SEGMENTS = 3;
    static final int CLOSED = SEGMENTS * PER_SEGMENT;

    final Rig rig;

    /// The bytes of every batch, by its place; its base offset is twice that.
    final List<byte[]> batches = new ArrayList<>();

    ScrubRig(String... settings) throws IOException {
        var all = new ArrayList<>(List.of("segment.bytes", "100000", "index.interval.bytes", "100"));
        all.addAll(List.of(settings));
        rig = new Rig(all.toArray(String[]::new));
    }

    /// Opens the log and fills it.
    ScrubRig fill() throws IOException {
        open();
        rig.clock.pass(60_000);
        for (int i = 0; i < CLOSED; i++) {
            put();
            if (i % PER_SEGMENT == PER_SEGMENT - 1) roll();
        }
        put();
        return this;
    }

    Log open() throws IOException {
        var log = rig.open();
        rig.folder().scrubber().limitTo(Long.MAX_VALUE);
        return log;
    }

    /// Appends a batch of two records.
    void put() throws IOException {
        var batch = Rig.batch(2, 50, rig.clock.wallMs());
        rig.log().append(batch, 1);
        batches.add(Rig.bytes(batch));
        rig.log().write();
        rig.work.commitAll();
    }

    /// Begins a new segment, and has everything before it on the disk.
    void roll() throws IOException {
        rig.log().roll();
        rig.work.settle();
    }

    int batchBytes() {
        return batches.getFirst().length;
    }

    static Path file(Rig rig, int segment) {
        return rig.file(2L * PER_SEGMENT * segment, SegmentFiles.LOG);
    }

    Path file(int segment) {
        return file(rig, segment);
    }

    /// Changes the bytes `from` to `to` of a batch, on the disk and in the page cache.
    void damage(int batch, int from, int to) throws IOException {
        var path = file(batch / PER_SEGMENT);
        rig.disk.damage(path, damaged(path, batch, from, to));
    }

    /// The same on the disk alone.
    void rot(int batch, int from, int to) throws IOException {
        var path = file(batch / PER_SEGMENT);
        rig.disk.rot(path, damaged(path, batch, from, to));
    }

    private byte[] damaged(Path path, int batch, int from, int to) throws IOException {
        var bytes = rig.disk.bytes(path);
        int begin = batch % PER_SEGMENT * batchBytes();
        for (int at = begin + from; at < begin + to; at++) bytes[at] ^= 0x35;
        return bytes;
    }

    /// Scrubs the log until that has ended.
    FolderScrubber.Outcome scrub() {
        var done = begin();
        for (int i = 0; done.get() == null; i++) {
            assertTrue(i < 1000, "it does not end");
            rig.work.later();
        }
        return result(done);
    }

    AtomicReference<FolderScrubber.@Nullable Outcome> begin() {
        var done = new AtomicReference<FolderScrubber.@Nullable Outcome>();
        assertTrue(rig.folder().scrubber().scrub(rig.log(), Runnable::run, done::set));
        return done;
    }

    static FolderScrubber.Outcome result(AtomicReference<FolderScrubber.@Nullable Outcome> done) {
        var outcome = done.get();
        if (outcome == null) throw new AssertionError("it has not ended");
        return outcome;
    }

    boolean isDue() {
        return rig.folder().scrubber().isDue(rig.log());
    }

    /// Every batch is there as it was written, but for `lost`, whose offsets are in quarantine.
    void check(Integer... lost) throws IOException {
        var log = rig.log();
        var gone = Arrays.asList(lost);
        for (int i = 0; i < batches.size(); i++) {
            long base = 2L * i;
            assertEquals(gone.contains(i), log.isQuarantined(base), "batch " + i);
            assertEquals(gone.contains(i), log.isQuarantined(base + 1), "batch " + i);
            assertEquals(gone.contains(i) ? "" : Arrays.toString(batches.get(i)), read(base), "batch " + i);
        }
        assertEquals(2L * batches.size(), log.endOffset());
        assertEquals(2L * PER_SEGMENT * SEGMENTS, segmentOfTheEnd());
    }

    /// The batch at `base`, of which is seen that nothing comes with it; empty when there is none to
    /// be read.
    String read(long base) throws IOException {
        var bytes = bytes(base);
        if (bytes.length > 0) {
            assertEquals(bytes.length, new RecordBatch(ByteBuffer.wrap(bytes), 0).sizeBytes());
        }
        return bytes.length == 0 ? "" : Arrays.toString(bytes);
    }

    /// What a reader gets who wants to read this batch.
    byte[] bytes(long base) throws IOException {
        var slice = rig.log().reader().readBlocking(base, base + 2, 1 << 20, true);
        if (slice.isEmpty()) return new byte[0];
        assertEquals(base, slice.get().firstOffset());
        var bytes = slice.get().place().readFully();
        slice.get().place().release();
        var copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private long segmentOfTheEnd() throws IOException {
        return bases().getLast();
    }

    /// Where segments begin.
    List<Long> bases() throws IOException {
        var bases = new ArrayList<Long>();
        for (var name : rig.disk.list(dir())) {
            SegmentFiles.offset(name, SegmentFiles.LOG).ifPresent(bases::add);
        }
        return bases;
    }

    Path dir() {
        return rig.dir.resolve(Rig.TOPIC + "-0");
    }
}
