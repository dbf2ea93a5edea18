package io.millrace.log;

import io.millrace.folder.LogPlace;
import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The second half of a compaction: writes what stays of old segments into new ones, one for each group.
final class Rewriting {

    private final LogPlace place;
    private final CleaningPlan plan;
    private final CleaningRules rules;
    private final BatchFilter filter;
    private final List<List<OldSegment>> groups;
    private final OldBatches batches;
    private final Markers markers;
    private @Nullable CleanedSegment target;
    private int group;

    /// @param groups the runs of `plan`'s segments, from the first on, that are to be rewritten
    Rewriting(
            LogPlace place,
            CleaningPlan plan,
            List<List<OldSegment>> groups,
            CleaningRules rules,
            Markers markers,
            BatchFilter filter) {
        this.place = place;
        this.plan = plan;
        this.groups = groups;
        this.rules = rules;
        this.filter = filter;
        this.markers = markers;
        this.batches = new OldBatches(place.disk(), plan.segments(), 0);
    }

    /// Whether there is a group left.
    boolean hasNext() {
        return group < groups.size();
    }

    /// Looks at up to about `maxBytes` of the present group.
    ///
    /// @return what takes the group's place, not on the disk yet, when it is whole; null when there is
    ///         more to do
    @Nullable
    CleanedSegment step(long maxBytes) throws IOException, MalformedRecords {
        var into = target == null ? begin() : target;
        long until = batches.bytesSeen() + maxBytes;
        try {
            while (batches.bytesSeen() < until) {
                if (!batches.next()) throw new IOException("segments ended before " + groups.get(group));
                boolean isLast = endsGroup();
                if (!look(batches.batch(), isLast, into)) return null;
                if (isLast) return into;
            }
            into.syncEvery(maxBytes);
            return null;
        } finally {
            batches.rest();
        }
    }

    private CleanedSegment begin() throws IOException {
        var begun = new CleanedSegment(place, groups.get(group), plan.config().indexIntervalBytes());
        target = begun;
        return begun;
    }

    private boolean endsGroup() {
        long segmentEnd = plan.segments().get(batches.segmentIndex()).endOffset();
        return segmentEnd == groups.get(group).getLast().endOffset() && batches.endsSegment();
    }

    /// False when the batch has to be looked at once more: the end of its transaction is still
    /// searched for.
    private boolean look(RecordBatch batch, boolean isLast, CleanedSegment into) throws IOException, MalformedRecords {
        var outcome = Markers.Outcome.COMMITTED;
        if (batch.isControl()) {
            markers.passed(batch);
        } else if (batch.isTransactional() && rules.concerns(batch)) {
            var found = markers.of(batch, batches);
            if (found == null) {
                batches.back();
                markers.lookAhead();
                return false;
            }
            outcome = found;
        }
        switch (rules.judge(batch, outcome, isLast)) {
            case CleaningRules.Verdict.AsItIs() -> into.append(batch, false);
            case CleaningRules.Verdict.Emptied() -> into.append(new RecordBatch(batch.emptied(), 0), true);
            case CleaningRules.Verdict.Thinned(var kept, long horizonMs) ->
                into.append(new RecordBatch(filter.keep(batch, kept, horizonMs), 0), true);
            case CleaningRules.Verdict.Dropped() -> into.leaveOut();
        }
        return true;
    }

    /// Goes on to the next group; whoever asked takes care of the last one.
    void advance() {
        target = null;
        group++;
    }

    /// Removes what is being written.
    void discard() throws IOException {
        if (target != null) target.discard();
        target = null;
    }

    long bytesSeen() {
        return batches.bytesSeen();
    }
}
