package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.DiskFile;
import io.millrace.disk.PinnedFile;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One file of the log with its two indexes.
///
/// What holds after every method:
/// 1. `endOffset` is one past the last record, `sizeBytes` counts whole batches only. Of the active
///    segment both run ahead of the file by what its log still buffers.
/// 2. The offset index has an entry for the first batch that begins more than `intervalBytes` after the
///    batch of the entry before. The time index got the largest timestamp so far at the same places, and
///    gets the last one when the segment is closed.
/// 3. The files of the indexes are never trusted: they are looked at before the first use, and made anew
///    from the batches when they are missing, too short or wrong.
final class Segment {

    private static final List<String> OWN_SUFFIXES =
            List.of(SegmentFiles.LOG, SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX);
    private static final List<String> SUFFIXES =
            List.of(SegmentFiles.LOG, SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.SNAPSHOT);

    private final Disk disk;
    private final Path dir;
    private final long baseOffset;
    private String ending = "";
    private OffsetIndex offsets;
    private TimeIndex times;
    private final RecentBatches recent = new RecentBatches();
    private @Nullable PinnedFile open;
    private boolean isActive;
    private boolean indexesAreChecked;
    private int intervalBytes;
    private long endOffset;
    private int sizeBytes;
    private int bytesSinceEntry;
    private long maxTimestampMs = -1;
    private long maxTimestampOffset;
    private long firstAppendNs;
    private long lastAppendNs;

    private Segment(Disk disk, Path dir, long baseOffset, int intervalBytes, int offsetEntries, int timeEntries) {
        this.disk = disk;
        this.dir = dir;
        this.baseOffset = baseOffset;
        this.intervalBytes = intervalBytes;
        this.endOffset = baseOffset;
        this.offsets = new OffsetIndex(disk, file(SegmentFiles.OFFSET_INDEX), baseOffset, Math.max(0, offsetEntries));
        this.times = new TimeIndex(disk, file(SegmentFiles.TIME_INDEX), baseOffset, Math.max(0, timeEntries));
    }

    /// A new, empty segment; its files are made now.
    static Segment create(Disk disk, Path dir, long baseOffset, int intervalBytes, long nowNs) throws IOException {
        var segment = new Segment(disk, dir, baseOffset, intervalBytes, 0, 0);
        segment.touch(nowNs);
        segment.firstAppendNs = nowNs;
        segment.activate();
        try {
            segment.file().file().truncate(0);
            segment.offsets.finish();
            segment.times.finish();
            return segment;
        } catch (IOException e) {
            segment.closeFile();
            throw e;
        }
    }

    /// The beginnings of a segment that compaction writes: it is no part of the log, which its files'
    /// names tell.
    static Segment cleaned(Disk disk, Path dir, long baseOffset, int intervalBytes) throws IOException {
        var segment = new Segment(disk, dir, baseOffset, intervalBytes, 0, 0);
        segment.endsWith(SegmentFiles.CLEANED);
        segment.activate();
        segment.file().file().truncate(0);
        return segment;
    }

    /// A segment whose files are there, of which nothing was looked at yet.
    ///
    /// @param endOffset one past its last record, as far as is known
    /// @param nowNs     counts as the time of its appends, on the monotonic clock
    static Segment found(Disk disk, Path dir, long baseOffset, long endOffset, int intervalBytes, long nowNs)
            throws IOException {
        var offsetEntries = entries(disk, SegmentFiles.of(dir, baseOffset, SegmentFiles.OFFSET_INDEX), 8);
        var timeEntries = entries(disk, SegmentFiles.of(dir, baseOffset, SegmentFiles.TIME_INDEX), 12);
        var segment = new Segment(disk, dir, baseOffset, intervalBytes, offsetEntries, timeEntries);
        segment.endOffset = endOffset;
        segment.sizeBytes = (int) Math.min(Integer.MAX_VALUE, disk.sizeBytes(segment.file(SegmentFiles.LOG)));
        segment.wasAppended(nowNs, nowNs);
        return segment;
    }

    /// How many whole entries an index file holds; -1 when there is no such file.
    private static int entries(Disk disk, Path index, int entryBytes) throws IOException {
        if (!disk.exists(index)) return -1;
        return (int) Math.min(Integer.MAX_VALUE / entryBytes, disk.sizeBytes(index) / entryBytes);
    }

    /// Takes note of a batch that comes next in the file. Only its header is looked at.
    void note(RecordBatch batch) throws IOException {
        assert batch.baseOffset() >= endOffset : "batch at " + batch.baseOffset() + " after " + endOffset;

        int size = batch.sizeBytes();
        if (batch.maxTimestampMs() > maxTimestampMs) {
            maxTimestampMs = batch.maxTimestampMs();
            maxTimestampOffset = batch.lastOffset();
        }
        if (bytesSinceEntry > intervalBytes) addEntry(batch.lastOffset());
        recent.add(batch.baseOffset(), batch.endOffset(), sizeBytes, size);
        sizeBytes += size;
        bytesSinceEntry += size;
        endOffset = batch.endOffset();
    }

    private void addEntry(long lastOffset) throws IOException {
        if (offsets.tailIsFull() || times.tailIsFull()) writeIndexes();
        offsets.add(lastOffset, sizeBytes);
        times.add(maxTimestampMs, maxTimestampOffset);
        bytesSinceEntry = 0;
    }

    /// The first batch that ends after `offset`, which must lie before [#endOffset]. Waits for the disk.
    BatchPlace find(long offset) throws IOException {
        assert offset < endOffset : offset + " is not before the end " + endOffset;
        var known = known(offset);
        if (known != null) return known;

        var search = search(sizeBytes);
        try {
            var place = search.find(file().file(), offset);
            take(search);
            return place;
        } finally {
            search.discard();
        }
    }

    /// The same, if it can be told without looking at files; null when it cannot.
    @Nullable
    BatchPlace known(long offset) {
        return recent.find(offset);
    }

    /// A search in the segment as it is now, for any thread.
    ///
    /// @param limitBytes how much of the file may be looked at
    SegmentSearch search(int limitBytes) {
        return new SegmentSearch(view(limitBytes), intervalBytes, indexesAreChecked);
    }

    /// What `search` found out about the indexes, and made of them, counts from now on.
    void take(SegmentSearch search) throws IOException {
        indexesAreChecked |= search.hasChecked();
        var made = search.takeIndexes();
        if (made == null) return;
        disk.rename(made.times.path(), file(SegmentFiles.TIME_INDEX));
        disk.rename(made.offsets.path(), file(SegmentFiles.OFFSET_INDEX));
        offsets = made.offsets;
        times = made.times;
        endsWith(ending);
    }

    /// The beginnings of the indexes of a segment, in files beside those it has.
    ///
    /// @param ending ends the names of the files
    static Segment indexesOnly(SegmentView view, int intervalBytes, String ending) {
        var dir = Objects.requireNonNull(view.path().getParent());
        var segment = new Segment(view.disk(), dir, view.baseOffset(), intervalBytes, 0, 0);
        segment.endsWith(ending);
        return segment;
    }

    OffsetIndex offsets() {
        return offsets;
    }

    void deleteIndexes() throws IOException {
        disk.delete(offsets.path());
        disk.delete(times.path());
    }

    private void reset() {
        offsets.truncate(0);
        times.truncate(0);
        recent.clear();
        sizeBytes = 0;
        bytesSinceEntry = 0;
        endOffset = baseOffset;
        maxTimestampMs = -1;
        maxTimestampOffset = 0;
    }

    /// Goes back to the last place before `offset` that the indexes are sure of, and forgets everything
    /// after it; [#refill] then notes what follows in the file again.
    void rewindTo(long offset) throws IOException {
        int fileBytes = (int) Math.min(Integer.MAX_VALUE, disk.sizeBytes(file(SegmentFiles.LOG)));
        boolean bothExist = disk.exists(file(SegmentFiles.OFFSET_INDEX)) && disk.exists(file(SegmentFiles.TIME_INDEX));
        indexesAreChecked = true;
        offsets.truncateTo(offset);
        times.truncateTo(offset);
        int last = offsets.count() - 1;
        int position = last < 0 ? 0 : offsets.positionBytes(last);
        if (last < 0 || !bothExist || times.count() == 0 || !begins(position, fileBytes, offsets.offset(last))) {
            reset();
            return;
        }
        recent.clear();
        sizeBytes = position;
        bytesSinceEntry = 0;
        endOffset = baseOffset;
        maxTimestampMs = times.lastTimestampMs();
        maxTimestampOffset = times.offset(times.count() - 1);
    }

    /// Whether a batch that ends with `lastOffset` begins at `position`.
    private boolean begins(int position, int fileBytes, long lastOffset) throws IOException {
        if (position <= 0 || position >= fileBytes) return false;
        var walk = BatchWalk.headers(file().file(), position, fileBytes, baseOffset);
        return walk.next() && walk.header().lastOffset() == lastOffset;
    }

    /// Notes the batches that follow in the file, and shows them to `visitor`, up to the first that
    /// reaches beyond `stopAt` or is none.
    ///
    /// @param trustedEnd batches that begin before this offset were durable once: their checksum is not
    ///                   looked at
    /// @return why the walk ended before the end of the file; empty when it did not, or stopped
    ///         at `stopAt`
    String refill(long trustedEnd, long stopAt, Consumer<RecordBatch> visitor) throws IOException {
        long limit = Math.min(Integer.MAX_VALUE, disk.sizeBytes(file(SegmentFiles.LOG)));
        var trusted = BatchWalk.headers(file().file(), sizeBytes, limit, baseOffset);
        var problem = refill(trusted, trustedEnd, stopAt, false, visitor);
        if (!problem.isEmpty() || endOffset >= stopAt || sizeBytes >= limit) return problem;
        if (trusted.header().endOffset() > stopAt) return "";
        var rest = BatchWalk.contents(file().file(), sizeBytes, limit, Math.max(baseOffset, endOffset));
        return refill(rest, Long.MAX_VALUE, stopAt, true, visitor);
    }

    /// The same with one walk, up to the first batch that ends after `end`.
    private String refill(BatchWalk walk, long end, long stopAt, boolean checksCrc, Consumer<RecordBatch> visitor)
            throws IOException {
        while (walk.next()) {
            var batch = walk.header();
            if (batch.endOffset() > end || batch.endOffset() > stopAt) return "";
            if (batch.lastOffset() - baseOffset > Integer.MAX_VALUE) return "offset %d".formatted(batch.lastOffset());
            if (checksCrc && !walk.crcMatches()) return "wrong checksum";
            note(batch);
            visitor.accept(batch);
        }
        return walk.problem();
    }

    /// Closes the segment for appends: the time index gets its last entry, both indexes are complete in
    /// their files.
    void finish() throws IOException {
        if (sizeBytes > 0) times.add(maxTimestampMs, maxTimestampOffset);
        cutIndexes();
        recent.clear();
        isActive = false;
    }

    /// Writes what the indexes have in memory; the time index first, so that it never knows less than
    /// the other.
    private void writeIndexes() throws IOException {
        times.write();
        offsets.write();
    }

    /// What the indexes' files do not hold yet; it stays in memory.
    List<Derived.IndexTail> indexTails() {
        return Stream.of(times.tail(), offsets.tail()).flatMap(Optional::stream).toList();
    }

    /// Cuts the file to what was noted, and brings that to the disk: what was cut off must not come back
    /// behind what is appended next, in this file or in another. Returns how many bytes that took away.
    long cutFile() throws IOException {
        closeFile();
        long over = disk.sizeBytes(file(SegmentFiles.LOG)) - sizeBytes;
        if (over <= 0) return 0;
        try (var file = disk.openToAppend(file(SegmentFiles.LOG))) {
            file.truncate(sizeBytes);
            file.sync();
        }
        return over;
    }

    /// Writes what the file holds from the batch of `offset` on once more, over itself.
    void rewriteFrom(long offset) throws IOException {
        if (sizeBytes == 0) return;
        var chunk = ByteBuffer.allocate(DiskFile.TOUCH_BYTES);
        long position = find(offset).positionBytes();
        try (var file = disk.openToAppend(file(SegmentFiles.LOG))) {
            while (position < sizeBytes) {
                file.readFully(chunk.clear().limit((int) Math.min(chunk.capacity(), sizeBytes - position)), position);
                int length = chunk.position();
                file.write(chunk.flip(), position);
                position += length;
            }
        }
    }

    /// Where a walk that looks for `offset` may begin, by the index.
    BatchWalk walkTowards(long offset) throws IOException {
        int fileBytes = (int) Math.min(Integer.MAX_VALUE, disk.sizeBytes(file(SegmentFiles.LOG)));
        int from = 0;
        if (disk.exists(file(SegmentFiles.OFFSET_INDEX))) {
            int entry = offsets.floorEntry(offset);
            if (entry >= 0) from = offsets.positionBytes(entry);
            if (from != 0 && !begins(from, fileBytes, offsets.offset(entry))) from = 0;
        }
        return BatchWalk.headers(file().file(), from, fileBytes, baseOffset);
    }

    /// Cuts the files of the indexes to what counts.
    void cutIndexes() throws IOException {
        times.finish();
        offsets.finish();
    }

    /// Makes the segment the one that is appended to.
    void activate() {
        closeFile();
        isActive = true;
        indexesAreChecked = true;
    }

    /// The open file; it is opened when it is not.
    PinnedFile file() throws IOException {
        var file = open;
        if (file == null) {
            var path = file(SegmentFiles.LOG);
            file = new PinnedFile(isActive ? disk.openToAppend(path) : disk.openToRead(path));
            open = file;
        }
        return file;
    }

    /// The file, if it is open.
    @Nullable
    PinnedFile openFile() {
        return open;
    }

    /// Lets go of the open file; slices of it keep it open until they are sent.
    void closeFile() {
        if (open != null) open.unpin();
        open = null;
    }

    /// Renames the files, so that they are no part of the log any more; returns the new names.
    List<Path> drop() throws IOException {
        return drop(SUFFIXES);
    }

    /// The same, but for the producer snapshot at its start: another segment begins there now.
    List<Path> dropAllButSnapshot() throws IOException {
        return drop(OWN_SUFFIXES);
    }

    private List<Path> drop(List<String> suffixes) throws IOException {
        closeFile();
        var dropped = new ArrayList<Path>();
        for (var suffix : suffixes) {
            var from = file(suffix);
            if (!disk.exists(from)) continue;
            var to = SegmentFiles.of(dir, baseOffset, suffix + SegmentFiles.DELETED);
            disk.rename(from, to);
            dropped.add(to);
        }
        return dropped;
    }

    /// Gives the files of a closed segment names that end otherwise: first the indexes, which can be
    /// made anew, then the log.
    void rename(String newEnding) throws IOException {
        closeFile();
        var before = OWN_SUFFIXES.stream().map(this::file).toList();
        endsWith(newEnding);
        for (int i = before.size() - 1; i >= 0; i--) {
            if (disk.exists(before.get(i))) disk.rename(before.get(i), file(OWN_SUFFIXES.get(i)));
        }
    }

    /// Removes the files of a segment that is no part of the log.
    void deleteFiles() throws IOException {
        closeFile();
        for (var suffix : OWN_SUFFIXES) disk.delete(file(suffix));
    }

    private void endsWith(String newEnding) {
        ending = newEnding;
        offsets.renamed(file(SegmentFiles.OFFSET_INDEX));
        times.renamed(file(SegmentFiles.TIME_INDEX));
    }

    /// Has the log and its indexes on the disk when it returns; the segment is closed.
    void sync() throws IOException {
        for (var suffix : OWN_SUFFIXES) {
            try (var file = disk.openToRead(file(suffix))) {
                file.sync();
            }
        }
    }

    private Path file(String suffix) {
        boolean isOwn = !suffix.equals(SegmentFiles.SNAPSHOT);
        return SegmentFiles.of(dir, baseOffset, isOwn ? suffix + ending : suffix);
    }

    /// The file with the records.
    Path records() {
        return file(SegmentFiles.LOG);
    }

    /// All files of the segment, the producer snapshot at its start among them; some may be missing.
    List<Path> files() {
        return SUFFIXES.stream().map(this::file).toList();
    }

    /// What [TimeLookup] must know of the segment as it is now.
    ///
    /// @param limitBytes how much of the file may be looked at
    SegmentView view(int limitBytes) {
        return new SegmentView(
                disk,
                file(SegmentFiles.LOG),
                baseOffset,
                endOffset,
                limitBytes,
                !isActive,
                offsets.copy(),
                times.copy());
    }

    /// What compaction must know of the segment, which is closed.
    OldSegment old() {
        return new OldSegment(
                this, file(SegmentFiles.LOG), baseOffset, endOffset, sizeBytes, firstAppendNs, lastAppendNs);
    }

    void touch(long nowNs) {
        if (sizeBytes == 0) firstAppendNs = nowNs;
        lastAppendNs = nowNs;
    }

    /// When it was first and last appended to, on the monotonic clock.
    void wasAppended(long firstNs, long lastNs) {
        firstAppendNs = firstNs;
        lastAppendNs = lastNs;
    }

    /// Its last records are missing: the next segment begins at `end` all the same.
    void endsAt(long end) {
        endOffset = end;
    }

    void intervalBytes(int bytes) {
        intervalBytes = bytes;
    }

    long baseOffset() {
        return baseOffset;
    }

    long endOffset() {
        return endOffset;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    long offsetIndexBytes() {
        return offsets.sizeBytes();
    }

    long firstAppendNs() {
        return firstAppendNs;
    }

    long lastAppendNs() {
        return lastAppendNs;
    }

    @Override
    public String toString() {
        return file(SegmentFiles.LOG) + "[" + baseOffset + ".." + endOffset + ")";
    }
}
