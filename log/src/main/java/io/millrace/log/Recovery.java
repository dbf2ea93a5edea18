package io.millrace.log;

import io.millrace.disk.TextFile;
import io.millrace.folder.Durability;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the log in a partition's folder: after a clean end, after a crash, or in a folder that is new.
///
/// What lies before the recovery point is not looked at. Between it and the durable point headers are
/// read, to make anew what is derived from them. What lies after the durable point is looked at batch by
/// batch, checksums included, up to the first that is not whole; the rest is cut off. So after a clean
/// end nothing is read but the last few headers. Damage before the durable point is no torn end: it is
/// set aside ([Mending]), and the log goes on without it.
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final List<String> NUMBERED = List.of(
            SegmentFiles.LOG, SegmentFiles.OFFSET_INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.SNAPSHOT, Aside.SUFFIX);

    private final LogPlace place;
    private final LogConfig config;
    private List<String> files;
    private final Quarantine quarantine;
    private final Producers producers;
    private final AppendTimes times;
    private final List<Segment> segments = new ArrayList<>();
    private EpochHistory epochs = new EpochHistory();
    private final ProducerSnapshots snapshots;
    private boolean epochsAreKnown;
    private boolean isDone;
    private long startOffset;
    private long recoveryPoint;
    private long durablePoint;

    private Recovery(LogPlace place, LogConfig config) throws IOException {
        this.place = place;
        this.config = config;
        this.files = place.disk().list(place.dir());
        this.quarantine = Quarantine.read(place, files);
        this.producers = new Producers(place.clock());
        this.times = new AppendTimes(place);
        this.snapshots = new ProducerSnapshots(place, files);
    }

    /// The log in the folder of `place`; a new one when there is none.
    static Recovered run(LogPlace place, LogConfig config) throws IOException {
        new SwapRecovery(place).run();
        while (true) {
            var recovery = new Recovery(place, config);
            try {
                return recovery.run();
            } catch (DamagedSegment e) {
                if (!recovery.mend(e.baseOffset())) throw e;
            } finally {
                recovery.closeFilesUnless(recovery.isDone);
            }
        }
    }

    /// A failed attempt leaves no file open.
    private void closeFilesUnless(boolean isDone) {
        if (!isDone) segments.forEach(Segment::closeFile);
    }

    /// Sets aside what is damaged in a segment, so that the rest of the log can be used.
    private boolean mend(long baseOffset) throws IOException {
        long next = segments.stream()
                .mapToLong(Segment::baseOffset)
                .filter(base -> base > baseOffset)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        return new Mending(place, quarantine, baseOffset, next, durablePoint).run();
    }

    private Recovered run() throws IOException {
        var recovered = recover();
        isDone = true;
        return recovered;
    }

    private Recovered recover() throws IOException {
        sweep();
        startOffset = place.checkpoints().startOffset(place.name());
        recoveryPoint = place.checkpoints().recoveryPoint(place.name());
        durablePoint = place.checkpoints().durablePoint(place.name());
        findSegments();
        if (segments.isEmpty()) return empty();
        look();
        if (end() < recoveryPoint) {
            LOG.warn(
                    "{} ends at {}, before its recovery point {}; all of it is checked",
                    place.dir(),
                    end(),
                    recoveryPoint);
            recoveryPoint = 0;
            segments.forEach(Segment::closeFile);
            segments.clear();
            files = place.disk().list(place.dir());
            findSegments();
            look();
        }
        if (end() < durablePoint) goOnBehindWhatIsMissing();
        long start = Math.max(startOffset, segments.getFirst().baseOffset());
        if (start > end()) {
            LOG.warn("{} ends at {}, before its start {}; it goes on there", place.dir(), end(), start);
            segments.getLast().finish();
            segments.add(create(start));
            snapshots.take(producers, start);
        }
        for (var aside : quarantine.trimTo(start)) place.disk().delete(aside);
        quarantine.cutTo(end());
        epochs.trimTo(start);
        epochs.cutTo(end() + 1);
        snapshots.removeStray(segments, recoveryPoint);
        // what lies before the start need not be on the disk
        durablePoint = Math.min(Math.max(start, Math.max(durablePoint, recoveryPoint)), end());
        if (config.durability() == Durability.FSYNC) rewriteTail();
        times.settle(segments);
        return new Recovered(segments, producers, epochs, quarantine, start, recoveryPoint, durablePoint, times);
    }

    /// A log without segments: a new one, unless records were promised before.
    private Recovered empty() throws IOException {
        long begin = Math.max(startOffset, durablePoint);
        if (begin > startOffset) quarantineMissing(startOffset, begin);
        snapshots.removeAfter(-1);
        segments.add(create(begin));
        segments.getFirst().closeFile();
        times.settle(segments);
        return new Recovered(segments, producers, epochs, quarantine, startOffset, begin, begin, times);
    }

    /// No offset is given twice: what comes next begins behind the records that were promised.
    private void goOnBehindWhatIsMissing() throws IOException {
        quarantineMissing(end(), durablePoint);
        segments.getLast().finish();
        segments.add(create(durablePoint));
        snapshots.take(producers, durablePoint);
    }

    private void quarantineMissing(long first, long end) throws IOException {
        LOG.error(
                "{}: the records of offsets {} to {} were on the disk and are missing: they are in quarantine, and"
                        + " what comes next begins behind them",
                place.dir(),
                first,
                end);
        quarantine.add(new OffsetRange(first, end));
    }

    /// After a sync that failed, pages that never reached the disk count as clean, and another sync
    /// would say that all is well. So whatever was not promised is written again before it can be.
    private void rewriteTail() throws IOException {
        for (var segment : segments) {
            if (segment.endOffset() > durablePoint) segment.rewriteFrom(Math.max(durablePoint, segment.baseOffset()));
        }
    }

    private long end() {
        return segments.getLast().endOffset();
    }

    /// Removes what was dropped before, and names what nobody knows.
    private void sweep() throws IOException {
        // a process that died while it dropped segments may not have synced that: they must not come back
        if (files.stream().anyMatch(name -> name.endsWith(SegmentFiles.DELETED))) {
            place.disk().syncDirectory(place.dir());
        }
        for (var name : files) {
            if (name.endsWith(SegmentFiles.DELETED) || name.endsWith(TextFile.TEMPORARY)) {
                place.disk().delete(place.file(name));
            } else if (!name.equals(SegmentFiles.EPOCHS)
                    && !name.equals(SegmentFiles.APPEND_TIMES)
                    && !name.equals(SegmentFiles.METADATA)
                    && !name.equals(Quarantine.FILE)
                    && NUMBERED.stream()
                            .noneMatch(
                                    suffix -> SegmentFiles.offset(name, suffix).isPresent())) {
                LOG.warn("{} is left alone: nothing is known about such a file", place.file(name));
            }
        }
    }

    private void findSegments() throws IOException {
        var bases = new ArrayList<Long>();
        for (var name : files) SegmentFiles.offset(name, SegmentFiles.LOG).ifPresent(bases::add);
        long nowNs = place.clock().monotonicNs();
        for (int i = 0; i < bases.size(); i++) {
            long base = bases.get(i);
            long end = i + 1 < bases.size() ? bases.get(i + 1) : base;
            var segment = Segment.found(place.disk(), place.dir(), base, end, config.indexIntervalBytes(), nowNs);
            times.restore(segment);
            segments.add(segment);
        }
    }

    private void look() throws IOException {
        recoveryPoint = Math.max(recoveryPoint, segments.getFirst().baseOffset());
        readEpochs();
        epochs.cutTo(recoveryPoint + 1);
        rebuildUpToRecoveryPoint();

        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).baseOffset() > recoveryPoint) first--;
        completeEpochs();
        if (segments.get(first).baseOffset() == recoveryPoint) snapshots.take(producers, recoveryPoint);
        for (int i = first; i < segments.size(); i++) {
            boolean isWhole = lookAt(
                    segments.get(i),
                    i == first ? recoveryPoint : segments.get(i).baseOffset());
            boolean isLast = i + 1 == segments.size();
            if (isLast) continue;
            long next = segments.get(i + 1).baseOffset();
            boolean isGap = !isWhole || !isJoined(segments.get(i).endOffset(), next);
            if (isGap && next > startOffset) {
                dropAfter(i);
            } else {
                segments.get(i).finish();
                segments.get(i).closeFile();
                snapshots.take(producers, segments.get(i).endOffset());
            }
        }
        segments.getLast().activate();
    }

    /// Whether nothing lies between two segments that a crash could have taken; compaction leaves
    /// gaps, too.
    private boolean isJoined(long end, long next) throws IOException {
        if (end < next && next <= durablePoint && !quarantine.holds(end)) quarantineMissing(end, next);
        return end == next || quarantine.holds(end);
    }

    /// Makes the producers' state, and the epochs when their file is of no use, as they were at the
    /// recovery point.
    private void rebuildUpToRecoveryPoint() throws IOException {
        long start = segments.getFirst().baseOffset();
        snapshots.removeAfter(recoveryPoint);
        long producersFrom = snapshots.restore(producers, segments, recoveryPoint);
        long from = epochsAreKnown ? producersFrom : start;
        if (from >= recoveryPoint) return;
        Replay.between(segments, from, recoveryPoint, (segment, batch) -> {
            if (batch.baseOffset() >= producersFrom) {
                if (batch.baseOffset() == segment.baseOffset()) snapshots.take(producers, segment.baseOffset());
                producers.note(batch, segment.lastAppendNs());
            }
            if (!epochsAreKnown) noteEpoch(batch);
        });
    }

    private void noteEpoch(RecordBatch batch) {
        if (batch.partitionLeaderEpoch() >= 0) epochs.begin(batch.partitionLeaderEpoch(), batch.baseOffset());
    }

    /// Reads the file; when it is missing or broken the batches tell.
    private void readEpochs() throws IOException {
        var file = place.file(SegmentFiles.EPOCHS);
        epochs = new EpochHistory();
        epochsAreKnown = false;
        if (!files.contains(SegmentFiles.EPOCHS)) return;
        try {
            epochs = EpochHistory.read(place.disk(), file);
            epochsAreKnown = true;
        } catch (IOException e) {
            LOG.warn("{} is made anew from the batches: {}", file, e.getMessage());
        }
    }

    /// The file may know of a later start than the checkpoint does, and have forgotten the epochs before
    /// it: the batches tell.
    private void completeEpochs() throws IOException {
        long start = Math.max(startOffset, segments.getFirst().baseOffset());
        long known = Math.min(epochs.firstOffset(), recoveryPoint);
        if (known <= start) return;
        var later = epochs;
        epochs = new EpochHistory();
        Replay.between(segments, start, known, (_, batch) -> noteEpoch(batch));
        epochs.followedBy(later);
    }

    /// Looks at a segment from `trustedEnd` on, and cuts off what is no whole batch. False when
    /// something was.
    private boolean lookAt(Segment segment, long trustedEnd) throws IOException {
        segment.rewindTo(trustedEnd);
        var problem = segment.refill(durablePoint, Long.MAX_VALUE, batch -> {
            if (batch.baseOffset() < recoveryPoint) return;
            producers.note(batch, segment.lastAppendNs());
            noteEpoch(batch);
        });
        if (problem.isEmpty()) {
            if (segment.endOffset() > recoveryPoint) segment.cutIndexes();
            return true;
        }
        if (segment.endOffset() < durablePoint || !endsWell(segment)) {
            throw new DamagedSegment(
                    segment.baseOffset(),
                    "%s is damaged at position %d, and records were promised up to offset %d: %s"
                            .formatted(segment, segment.sizeBytes(), durablePoint, problem));
        }
        long bytes = segment.cutFile();
        segment.cutIndexes();
        place.meters().cutBytes().add(bytes);
        LOG.warn("{} had {} bytes after its last whole batch, cut off: {}", segment, bytes, problem);
        return false;
    }

    /// Whether the last batch before what is none is whole: a wrong length would leave something
    /// behind it.
    private static boolean endsWell(Segment segment) throws IOException {
        if (segment.sizeBytes() == 0) return true;
        var last = segment.find(segment.endOffset() - 1);
        var walk = BatchWalk.contents(
                segment.file().file(), last.positionBytes(), segment.sizeBytes(), segment.baseOffset());
        return walk.next() && walk.crcMatches();
    }

    /// What follows a gap is no part of the log, unless the gap lies before the start.
    private void dropAfter(int index) throws IOException {
        var dropped = new ArrayList<Path>();
        while (segments.size() > index + 1) {
            var segment = segments.removeLast();
            LOG.warn(
                    "{} is dropped: the one before it ends at {}",
                    segment,
                    segments.get(index).endOffset());
            dropped.addAll(segment.drop());
        }
        // before anything is appended that they could be taken to follow
        place.disk().syncDirectory(place.dir());
        place.work().runLater(config.fileDeleteDelayMs(), () -> {
            for (var file : dropped) {
                try {
                    place.disk().delete(file);
                } catch (IOException e) {
                    LOG.warn("{} could not be removed; the next start tries again", file, e);
                }
            }
        });
    }

    private Segment create(long baseOffset) throws IOException {
        return Segment.create(
                place.disk(),
                place.dir(),
                baseOffset,
                config.indexIntervalBytes(),
                place.clock().monotonicNs());
    }
}
