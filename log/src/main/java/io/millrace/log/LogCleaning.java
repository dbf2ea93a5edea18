package io.millrace.log;

import io.millrace.folder.LogPlace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A log as its compaction sees it: what there is to do, and how the result gets in. Belongs to the loop
/// of the log, but for what says otherwise.
final class LogCleaning {

    private final Log log;
    private final LogPlace place;
    private final Compaction compaction;

    LogCleaning(Log log, LogPlace place, Compaction compaction) {
        this.log = log;
        this.place = place;
        this.compaction = compaction;
    }

    /// How much of the log waits for compaction, when only what lies before `stableOffset` may
    /// be touched.
    Dirtiness dirtiness(long stableOffset) {
        return compaction.dirtiness(log.config(), log.startOffset(), safeEnd(stableOffset));
    }

    /// Begins a compaction, one at a time; empty when there is nothing to look at. [#end] ends it.
    Optional<Cleaner> begin(long stableOffset, Cleaner.Means means, long observedMs) {
        return compaction
                .begin(log.config(), log.startOffset(), safeEnd(stableOffset))
                .map(plan -> new Cleaner(this, place, plan, means, observedMs));
    }

    /// Compaction keeps to what a crash cannot take away: then nothing that it removed was superseded by
    /// something that is lost.
    private long safeEnd(long stableOffset) {
        long writtenDown = place.checkpoints().writtenRecoveryPoint(place.name());
        return Math.min(Math.min(stableOffset, log.writtenEnd()), writtenDown);
    }

    /// Whether the compaction under way is still of use. Any thread.
    boolean isWanted() {
        return log.isUsable() && compaction.isWanted();
    }

    /// A compacted segment is whole and on the disk, and is about to get in. Any thread.
    ///
    /// @return false when it is not wanted any more
    boolean publish(Segment cleaned) throws IOException {
        return compaction.publish(cleaned);
    }

    /// Goes on with a compacted segment in the place of those it was made of, unless they have changed.
    void swapIn(List<OldSegment> old, Segment cleaned) throws IOException {
        if (!log.isUsable()) return;
        try {
            compaction.swapIn(old, cleaned).ifPresent(log::removeLater);
            log.reader().forgetGone();
        } catch (IOException e) {
            throw log.failed(e);
        }
    }

    /// What [#swapIn] did is on the disk.
    void settle() throws IOException {
        if (!log.isUsable()) return;
        try {
            compaction.settle();
        } catch (IOException e) {
            throw log.failed(e);
        }
    }

    /// Compaction has got up to `offset`.
    void reached(long offset) {
        if (isWanted()) place.checkpoints().firstDirty(place.name(), offset);
    }

    /// The compaction under way is over, whatever came of it.
    void end() throws IOException {
        if (!log.isUsable()) return;
        try {
            compaction.revoke();
        } catch (IOException e) {
            throw log.failed(e);
        }
    }
}
