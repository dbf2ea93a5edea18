package io.millrace.log;

import io.millrace.folder.LogPlace;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A log as its scrubber sees it: what there is to verify, and how a mended segment gets in. Belongs to
/// the loop of the log, but for what says otherwise.
final class LogMending {

    private final Log log;
    private final LogPlace place;
    private final Compaction compaction;
    private final Segments segments;
    private final Quarantine quarantine;

    LogMending(Log log, LogPlace place, Compaction compaction, Segments segments, Quarantine quarantine) {
        this.log = log;
        this.place = place;
        this.compaction = compaction;
        this.segments = segments;
        this.quarantine = quarantine;
    }

    /// The first closed segment with records from `offset` on, if a crash can take nothing of it away.
    Optional<OldSegment> closedFrom(long offset) {
        long from = Math.max(offset, log.startOffset());
        long safeEnd = Math.min(log.writtenEnd(), place.checkpoints().writtenRecoveryPoint(place.name()));
        for (var segment : segments.closed()) {
            if (segment.endOffset() > safeEnd) break;
            if (segment.endOffset() > from && segment.sizeBytes() > 0) return Optional.of(segment.old());
        }
        return Optional.empty();
    }

    /// Whether a closed segment is part of the log, and as it was.
    boolean holds(OldSegment segment) {
        return segments.stillHold(List.of(segment));
    }

    /// Begins to mend a closed segment; false while the log is being compacted. [#end] ends it.
    boolean begin(OldSegment damaged) {
        return log.isUsable() && compaction.beginMending(damaged);
    }

    /// Whether mending is under way, and still of use. Any thread.
    boolean isWanted(OldSegment damaged) {
        return log.isUsable() && compaction.isMending(damaged);
    }

    /// Keeps the bytes of a damaged run. On a file thread.
    ///
    /// @return what is lost with them
    OffsetRange setAside(Path segment, Survey.Run run) throws IOException {
        return Aside.keep(place, quarantine, segment, run);
    }

    /// A mended segment is whole and on the disk, and is about to get in: `lost` goes into quarantine,
    /// then the segment gets the name by which recovery takes it. On a file thread.
    ///
    /// @return false when it is not wanted any more
    boolean publish(Segment mended, OldSegment damaged, List<OffsetRange> lost) throws IOException {
        return compaction.publish(mended, damaged, () -> quarantine.addAll(lost));
    }

    /// Goes on with a mended segment in the place of the damaged one, unless that has changed.
    void swapIn(OldSegment damaged, Segment mended) throws IOException {
        log.cleaning().swapIn(List.of(damaged), mended);
    }

    /// What [#swapIn] did is on the disk.
    void settle() throws IOException {
        log.cleaning().settle();
    }

    /// Mending is over, whatever came of it.
    void end(OldSegment damaged) throws IOException {
        if (isWanted(damaged)) log.cleaning().end();
    }

    LogPlace place() {
        return place;
    }

    int indexIntervalBytes() {
        return log.config().indexIntervalBytes();
    }
}
