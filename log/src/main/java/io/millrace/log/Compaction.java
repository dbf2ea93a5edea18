package io.millrace.log;

import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The log's side of its own compaction, and of mending a segment while it is used: hands old segments
/// out to be looked at, and takes new ones in. One of the two at a time. Belongs to the log's loop, but
/// for [#publish].
///
/// New files come in steps, each of which recovery can go on from:
/// 1. Written under names that end in `.cleaned`, which mean nothing after a crash.
/// 2. On the disk, and renamed to `.swap` there ([#publish]): from now on they are the truth.
/// 3. The old files are renamed to `.deleted`, and the log goes on with the new segment ([#swapIn]).
/// 4. When that is on the disk too, the new files get their names ([#settle]). Not before: a new file
///    under its name beside an old one that it replaces could not be told from two segments.
///
/// Whatever else changes closed segments calls [#revoke] first: then nothing that was made of them is
/// taken in any more, and no file is left that recovery would take in.
final class Compaction {

    private final LogPlace place;
    private final Segments segments;
    private final Producers producers;

    /// Between the loop and the file thread that publishes; guards the three fields below.
    private final Object gate = new Object();

    private boolean isWanted;

    /// The segment that is being mended; null when what is wanted is a compaction.
    private @Nullable OldSegment mending;

    private @Nullable Segment published;
    private @Nullable Segment unsettled;

    Compaction(LogPlace place, Segments segments, Producers producers) {
        this.place = place;
        this.segments = segments;
        this.producers = producers;
    }

    /// How much waits, when what lies before `safeEnd` may be touched.
    Dirtiness dirtiness(LogConfig config, long startOffset, long safeEnd) {
        if (!config.compaction().isOn()) return Dirtiness.NONE;
        long nowNs = place.clock().monotonicNs();
        return Dirtiness.of(segments.all(), config.compaction(), firstDirty(startOffset), safeEnd, nowNs);
    }

    /// Where compaction got to. A checkpoint from before the log was cut is of no use.
    private long firstDirty(long startOffset) {
        long known = place.checkpoints().firstDirty(place.name());
        long first = Math.max(startOffset, segments.oldest().baseOffset());
        return known > segments.active().baseOffset() ? first : Math.max(first, known);
    }

    /// Begins a compaction; empty when there is nothing to look at. One at a time.
    Optional<CleaningPlan> begin(LogConfig config, long startOffset, long safeEnd) {
        var dirtiness = dirtiness(config, startOffset, safeEnd);
        var old = new ArrayList<OldSegment>();
        var ahead = new ArrayList<OldSegment>();
        for (var segment : segments.closed()) {
            if (segment.endOffset() > safeEnd) break;
            if (segment.endOffset() <= startOffset) continue;
            if (segment.sizeBytes() == 0) old.clear();
            if (segment.sizeBytes() == 0) continue;
            (segment.endOffset() <= dirtiness.end() ? old : ahead).add(segment.old());
        }
        if (old.isEmpty() || old.getLast().endOffset() <= dirtiness.firstDirty()) return Optional.empty();
        synchronized (gate) {
            if (isWanted) return Optional.empty();
            isWanted = true;
        }
        return Optional.of(new CleaningPlan(old, ahead, dirtiness.firstDirty(), config, producers.lastBatches()));
    }

    /// Whether what is being made of the old segments is still wanted. Any thread.
    boolean isWanted() {
        synchronized (gate) {
            return isWanted && mending == null;
        }
    }

    /// Begins to mend a segment. False while a compaction is under way, or when the segment is no part
    /// of the log any more.
    boolean beginMending(OldSegment damaged) {
        synchronized (gate) {
            if (isWanted || !segments.stillHold(List.of(damaged))) return false;
            isWanted = true;
            mending = damaged;
            return true;
        }
    }

    /// Whether `damaged` is still to be mended. Any thread.
    boolean isMending(OldSegment damaged) {
        synchronized (gate) {
            return isWanted && damaged.equals(mending);
        }
    }

    /// Makes a segment that is whole on the disk the one that recovery would take. On a file thread.
    ///
    /// @return false when it is not wanted any more
    boolean publish(Segment cleaned) throws IOException {
        synchronized (gate) {
            if (!isWanted()) return false;
            makeTheTruth(cleaned);
            return true;
        }
    }

    /// The same for what is to take the place of `damaged`, and `first` before it; neither when it is
    /// not wanted any more.
    boolean publish(Segment mended, OldSegment damaged, Cleaner.LoopWork first) throws IOException {
        synchronized (gate) {
            if (!isMending(damaged)) return false;
            first.run();
            makeTheTruth(mended);
            return true;
        }
    }

    private void makeTheTruth(Segment cleaned) throws IOException {
        cleaned.rename(SegmentFiles.SWAP);
        published = cleaned;
        place.disk().syncDirectory(place.dir());
    }

    /// Puts a published segment in the place of those it was made of.
    ///
    /// @return the files that are no part of the log any more; empty when it is not wanted any more
    Optional<List<Path>> swapIn(List<OldSegment> old, Segment cleaned) throws IOException {
        synchronized (gate) {
            if (!isWanted || published != cleaned) return Optional.empty();
            if (!segments.stillHold(old)) throw new IllegalStateException("%s changed unseen".formatted(old));
            published = null;
        }
        var dropped = new ArrayList<Path>();
        for (var one : old) {
            boolean beginsWithIt = one.baseOffset() == cleaned.baseOffset();
            dropped.addAll(
                    beginsWithIt
                            ? one.segment().dropAllButSnapshot()
                            : one.segment().drop());
        }
        segments.replace(old, cleaned);
        unsettled = cleaned;
        return Optional.of(dropped);
    }

    /// Gives the files of the segment that was swapped in their names. The directory was synced since.
    void settle() throws IOException {
        if (unsettled != null) unsettled.rename("");
        unsettled = null;
    }

    /// The compaction or mending under way is not wanted any more. Waits for the disk when it is
    /// half-way in.
    void revoke() throws IOException {
        Segment orphan;
        synchronized (gate) {
            isWanted = false;
            mending = null;
            orphan = published;
            published = null;
        }
        if (orphan != null) orphan.deleteFiles();
        if (orphan != null || unsettled != null) place.disk().syncDirectory(place.dir());
        settle();
    }

    /// The log was cut: what comes from here on was never compacted.
    void cut(long end) {
        if (place.checkpoints().firstDirty(place.name()) > end)
            place.checkpoints().firstDirty(place.name(), end);
    }
}
