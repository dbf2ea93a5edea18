package io.millrace.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/// Checks one segment: every batch's checksum and place, and both indexes against the log, in one pass.
///
/// The indexes are read first: a broker that is running writes the log before them, so they never speak
/// of bytes we have not seen.
final class SegmentCheck implements SegmentWalk.Listener {

    private final Path segment;
    private final long baseOffset;
    private final long nextBase;
    private final long durableEnd;
    private final Missing missing;
    private final boolean deep;
    private final List<Finding> findings = new ArrayList<>();
    private final IndexEntries offsets;
    private final IndexEntries times;

    private long batches;
    private long records;
    private long end;
    private long validBytes;
    private long maxTimestampMs = -1;
    private int epoch = -1;
    private long coveredEnd;
    private boolean sawDamage;
    private boolean isAfterDamage;
    private int nextOffsetEntry;
    private int nextTimeEntry;

    /// @param nextBase where the next segment begins; [SegmentWalk#UNKNOWN] for the newest, which a broker
    ///                 may be writing to
    /// @param durableEnd up to where records were promised to be on the disk
    /// @param deep     whether to read every record too
    /// @param missing  what to make of offsets that are not there
    SegmentCheck(Path segment, long nextBase, long durableEnd, boolean deep, Missing missing)
            throws Failure, IOException {
        this.segment = segment;
        this.nextBase = nextBase;
        this.durableEnd = durableEnd;
        this.deep = deep;
        this.missing = missing;
        baseOffset = PartitionFolder.baseOffset(segment);
        end = baseOffset;
        coveredEnd = baseOffset;
        offsets = index(PartitionFolder.beside(segment, ".index"), true);
        times = index(PartitionFolder.beside(segment, ".timeindex"), false);
    }

    long batches() {
        return batches;
    }

    long records() {
        return records;
    }

    long bytes() {
        return validBytes;
    }

    long baseOffset() {
        return baseOffset;
    }

    /// The offset after the last whole batch.
    long end() {
        return end;
    }

    /// The same, or one past what is lost by damage behind it.
    long coveredEnd() {
        return coveredEnd;
    }

    int epoch() {
        return epoch;
    }

    /// Walks through the file.
    ///
    /// @param epochBefore the newest leader epoch of the segments before
    List<Finding> run(int epochBefore) throws IOException {
        epoch = epochBefore;
        try (var log = FileRecords.open(segment.toFile(), false)) {
            new SegmentWalk(log, baseOffset, nextBase, this).run();
        }
        finishIndexes();
        return findings;
    }

    @Override
    public void whole(FileChannelRecordBatch batch) {
        long at = batch.position();
        validBytes = at + batch.sizeInBytes();
        batches++;
        if (batch.magic() != RecordBatch.MAGIC_VALUE_V2) {
            warning(at, "a batch of the old format " + batch.magic() + "; only its checksum is verified");
            end = Math.max(end, batch.lastOffset() + 1);
            coveredEnd = end;
            isAfterDamage = false;
            return;
        }
        place(batch, at);
        matchOffsetIndex(batch, at);
        matchTimeIndex(batch);
        maxTimestampMs = Math.max(maxTimestampMs, batch.maxTimestamp());
        if (deep) readRecords(batch, at);
        Integer count = batch.countOrNull();
        records += count == null ? 0 : count;
    }

    private void place(RecordBatch batch, long at) {
        boolean follows = batches > 1 && !isAfterDamage;
        if (follows) missing.between(end, batch.baseOffset(), segment, at).ifPresent(findings::add);
        isAfterDamage = false;
        end = batch.nextOffset();
        coveredEnd = end;
        if (batch.partitionLeaderEpoch() < epoch) {
            error(at, "leader epoch %d comes after %d".formatted(batch.partitionLeaderEpoch(), epoch));
        }
        // What comes after goes by this one, so that one damaged epoch is one finding.
        epoch = batch.partitionLeaderEpoch();
    }

    @Override
    public void damaged(SegmentWalk.Damage damage) throws IOException {
        isAfterDamage = true;
        passOver(damage.fromBytes(), damage.toBytes());
        if (mayBeUnfinished(damage)) {
            tail(damage);
            return;
        }
        sawDamage = true;
        validBytes = damage.toBytes();
        coveredEnd = Math.max(coveredEnd, damage.end());
        if (missing.isDeleted(damage.end())) return;
        error(damage.fromBytes(), said(damage) + "; " + missing.lost(damage.first(), damage.end()));
    }

    /// Whether a write that did not finish may have left it: what was promised is no such thing.
    private boolean mayBeUnfinished(SegmentWalk.Damage damage) {
        boolean isTail = damage.isAtEnd() && !damage.isFrame() && nextBase == SegmentWalk.UNKNOWN;
        return isTail && !missing.isAnyLeft(damage.first(), durableEnd);
    }

    private static String said(SegmentWalk.Damage damage) {
        if (damage.isFrame()) return "the batch is corrupt: " + damage.why();
        var size = Sizes.of(damage.sizeBytes());
        return damage.isAtEnd()
                ? size + " after the last whole batch: " + damage.why()
                : size + " are no batch: " + damage.why();
    }

    /// An entry must point at the beginning of a batch that is not after its offset.
    private void matchOffsetIndex(RecordBatch batch, long at) {
        while (nextOffsetEntry < offsets.count() && offsets.value(nextOffsetEntry) <= at) {
            long offset = offsets.key(nextOffsetEntry);
            long position = offsets.value(nextOffsetEntry);
            if (position < at) {
                indexError(offsets, nextOffsetEntry, "points at %d, where no batch begins".formatted(position));
            } else if (offset < batch.baseOffset()) {
                indexError(
                        offsets,
                        nextOffsetEntry,
                        "offset %d points at the batch of %d".formatted(offset, batch.baseOffset()));
            }
            nextOffsetEntry++;
        }
    }

    /// What an entry for damaged bytes says cannot be judged.
    private void passOver(long fromBytes, long toBytes) {
        while (nextOffsetEntry < offsets.count()
                && offsets.value(nextOffsetEntry) >= fromBytes
                && offsets.value(nextOffsetEntry) < toBytes) {
            nextOffsetEntry++;
        }
    }

    /// No record before an entry's offset may be newer than its timestamp: a lookup by time would
    /// miss it.
    private void matchTimeIndex(RecordBatch batch) {
        while (nextTimeEntry < times.count() && times.value(nextTimeEntry) <= batch.lastOffset()) {
            long timestampMs = times.key(nextTimeEntry);
            if (maxTimestampMs > timestampMs && times.value(nextTimeEntry) >= batch.baseOffset()) {
                indexError(
                        times,
                        nextTimeEntry,
                        "says %d, but a record before it is of %d".formatted(timestampMs, maxTimestampMs));
            }
            nextTimeEntry++;
        }
    }

    private void readRecords(FileChannelRecordBatch batch, long at) {
        long before = batch.baseOffset() - 1;
        long count = 0;
        try (var all = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (all.hasNext()) {
                long offset = all.next().offset();
                if (offset <= before || offset > batch.lastOffset()) {
                    error(at, "record %d is out of order in its batch".formatted(offset));
                }
                before = offset;
                count++;
            }
        } catch (RuntimeException e) {
            // The decoders of a foreign library: whatever they throw, these records cannot be read.
            error(at, "its records cannot be read: " + Explain.said(e));
            return;
        }
        Integer told = batch.countOrNull();
        if (told != null && told != count) error(at, "%d records, but it says %d".formatted(count, told));
    }

    /// What follows the last whole batch of the newest segment.
    private void tail(SegmentWalk.Damage rest) throws IOException {
        var size = Sizes.of(rest.sizeBytes());
        var what = isZero(rest.fromBytes(), rest.toBytes())
                ? size + " of zeros after the last batch, set aside in advance"
                : size + " after the last whole batch";
        warning(rest.fromBytes(), what + "; if they were never acknowledged, a broker cuts them off when it starts");
    }

    private boolean isZero(long from, long until) throws IOException {
        var buffer = ByteBuffer.allocate(1 << 16);
        try (var channel = Files.newByteChannel(segment)) {
            channel.position(from);
            for (long at = from; at < until; ) {
                buffer.clear();
                int read = channel.read(buffer);
                if (read < 0) return true;
                for (int i = 0; i < read; i++) {
                    if (buffer.get(i) != 0) return false;
                }
                at += read;
            }
        }
        return true;
    }

    private IndexEntries index(Path file, boolean byOffset) throws IOException {
        try {
            var entries = byOffset ? IndexEntries.offsets(file, baseOffset) : IndexEntries.times(file, baseOffset);
            if (entries.spareBytes() != 0)
                findings.add(Finding.error(file, -1, "its size is no whole number of entries"));
            rising(entries);
            return entries;
        } catch (NoSuchFileException _) {
            findings.add(Finding.warning(file, -1, "is missing; a broker makes it anew when it starts"));
            return IndexEntries.none(file);
        }
    }

    private void rising(IndexEntries entries) {
        for (int i = 1; i < entries.count(); i++) {
            if (entries.key(i) <= entries.key(i - 1) || entries.value(i) < entries.value(i - 1)) {
                indexError(entries, i, "is not after the entry before it");
                return;
            }
        }
    }

    private void finishIndexes() {
        if (sawDamage) return; // What they point at may be in the bytes that could not be read.
        if (nextOffsetEntry < offsets.count()) {
            indexError(
                    offsets,
                    nextOffsetEntry,
                    "points at %d, past the end of the log".formatted(offsets.value(nextOffsetEntry)));
        }
        if (nextTimeEntry < times.count()) {
            indexError(
                    times,
                    nextTimeEntry,
                    "points at offset %d, past the end of the log".formatted(times.value(nextTimeEntry)));
        }
        if (times.count() > 0 && times.key(times.count() - 1) > maxTimestampMs && batches > 0) {
            indexError(
                    times,
                    times.count() - 1,
                    "is of %d, later than every record".formatted(times.key(times.count() - 1)));
        }
    }

    private void indexError(IndexEntries index, int entry, String what) {
        findings.add(Finding.error(index.file(), -1, "entry " + entry + " " + what));
    }

    private void error(long position, String what) {
        findings.add(Finding.error(segment, position, what));
    }

    private void warning(long position, String what) {
        findings.add(Finding.warning(segment, position, what));
    }
}
