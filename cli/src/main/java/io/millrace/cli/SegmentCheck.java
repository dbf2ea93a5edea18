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
final class SegmentCheck {

    private final Path segment;
    private final long baseOffset;
    private final boolean newest;
    private final boolean deep;
    private final QuarantinedOffsets quarantine;
    private final List<Finding> findings = new ArrayList<>();
    private final IndexEntries offsets;
    private final IndexEntries times;

    private long batches;
    private long records;
    private long end;
    private long validBytes;
    private long maxTimestampMs = -1;
    private int epoch = -1;
    private long gaps;
    private String firstGap = "";
    private long corrupt;
    private boolean afterCorrupt;
    private int nextOffsetEntry;
    private int nextTimeEntry;

    /// @param newest     whether it is the last segment of its partition, which a broker may be
    ///                   writing to
    /// @param deep       whether to read every record too
    /// @param quarantine offsets that are known to be missing
    SegmentCheck(Path segment, boolean newest, boolean deep, QuarantinedOffsets quarantine)
            throws Failure, IOException {
        this.quarantine = quarantine;
        this.segment = segment;
        this.newest = newest;
        this.deep = deep;
        baseOffset = PartitionFolder.baseOffset(segment);
        end = baseOffset;
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

    int epoch() {
        return epoch;
    }

    /// Walks through the file.
    ///
    /// @param epochBefore the newest leader epoch of the segments before
    List<Finding> run(int epochBefore) throws IOException {
        epoch = epochBefore;
        long size;
        try (var log = FileRecords.open(segment.toFile(), false)) {
            size = log.sizeInBytes();
            try {
                for (var batch : log.batches()) check(batch);
            } catch (RuntimeException e) {
                error(validBytes, "no batch can be read from here on: " + Explain.said(e));
                size = validBytes;
            }
        }
        if (size > validBytes) tail(size);
        if (gaps > 0) {
            warning(
                    -1,
                    Sizes.count(gaps, "gap") + " in its offsets, the first " + firstGap
                            + "; normal in a compacted topic");
        }
        finishIndexes();
        return findings;
    }

    private void check(FileChannelRecordBatch batch) {
        long at = batch.position();
        validBytes = at + batch.sizeInBytes();
        batches++;
        if (batch.magic() != RecordBatch.MAGIC_VALUE_V2) {
            warning(at, "a batch of the old format " + batch.magic() + "; only its size is checked");
            end = Math.max(end, batch.lastOffset() + 1);
            return;
        }
        try {
            batch.ensureValid();
        } catch (RuntimeException e) {
            error(at, "the batch is corrupt: " + Explain.said(e));
            corrupt++;
            afterCorrupt = true;
            passOver(at);
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
        long first = batch.baseOffset();
        if (batch.lastOffset() < first) {
            error(at, "the batch ends at offset %d before it begins at %d".formatted(batch.lastOffset(), first));
            return;
        }
        if (first < end) {
            error(at, "offset " + first + " comes after offset " + (end - 1));
        } else if (first > end && batches > 1 && !afterCorrupt && !quarantine.explains(end, first)) {
            if (gaps++ == 0) firstGap = "from %d to %d".formatted(end, first);
        }
        if (batch.lastOffset() - baseOffset > Integer.MAX_VALUE) error(at, "offset beyond what a segment can hold");
        afterCorrupt = false;
        end = Math.max(end, batch.nextOffset());
        if (batch.partitionLeaderEpoch() < epoch) {
            error(at, "leader epoch %d comes after %d".formatted(batch.partitionLeaderEpoch(), epoch));
        }
        epoch = Math.max(epoch, batch.partitionLeaderEpoch());
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

    /// What an entry for a corrupt batch says cannot be judged.
    private void passOver(long at) {
        while (nextOffsetEntry < offsets.count() && offsets.value(nextOffsetEntry) == at) nextOffsetEntry++;
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

    /// What follows the last whole batch.
    private void tail(long size) throws IOException {
        long rest = size - validBytes;
        var what = isZero(validBytes, size)
                ? Sizes.of(rest) + " of zeros after the last batch, set aside in advance"
                : Sizes.of(rest) + " after the last whole batch";
        if (newest) warning(validBytes, what + "; a broker cuts them off when it starts");
        else error(validBytes, what);
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
        if (corrupt > 0) return; // What they point at may be in the batches that could not be read.
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
