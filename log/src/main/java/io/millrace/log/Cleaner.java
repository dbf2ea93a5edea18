package io.millrace.log;

import io.millrace.folder.LogPlace;
import io.millrace.folder.RightOfWay;
import io.millrace.log.CleaningResult.Outcome;
import io.millrace.log.CleaningResult.Sizes;
import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One compaction of one log, in bounded steps that run on file threads, one at a time. What concerns
/// the log itself it gives back, to be done on the log's loop.
///
/// First [KeyScan] goes through what is new, then [Rewriting] through everything up to where the scan
/// got, group by group; a group is swapped in before the next one begins ([Compaction] says how).
/// Memory: the map of keys, a batch unpacked, and some buffers, whatever the log holds.
final class Cleaner {

    /// About how much a step reads, and how much it writes before that is synced: little enough that a
    /// commit, or a loop, that meets a step hardly notices.
    static final int STEP_BYTES = RightOfWay.PIECE_BYTES;

    /// What to do next.
    sealed interface Step {

        /// Call [#step] again.
        record More() implements Step {}

        /// Do this on the log's loop, then call [#step] again.
        record OnLoop(LoopWork work) implements Step {}

        /// There is nothing left to do.
        record Done(CleaningResult result) implements Step {}
    }

    /// Work for the log's loop.
    interface LoopWork {
        void run() throws IOException;
    }

    /// How batches are opened and thinned out, and what that may cost.
    ///
    /// @param mapBytes   most memory for the map of keys
    /// @param loadFactor how full the map may get, between 0 and 1
    record Means(RecordReader reader, BatchFilter filter, long mapBytes, double loadFactor) {}

    /// What the next step does; it says what comes after it.
    private interface Phase {
        Step run() throws IOException, MalformedRecords;
    }

    private static final Step MORE = new Step.More();

    private final LogCleaning log;
    private final LogPlace place;
    private final CleaningPlan plan;
    private final Means means;
    private final long observedMs;
    private Phase phase = this::begin;
    private @Nullable KeyScan scan;
    private @Nullable Rewriting rewriting;
    private Sizes sizes = Sizes.NONE;

    /// @param observedMs the time on the clock by which deletions age
    Cleaner(LogCleaning log, LogPlace place, CleaningPlan plan, Means means, long observedMs) {
        this.log = log;
        this.place = place;
        this.plan = plan;
        this.means = means;
        this.observedMs = observedMs;
    }

    /// Goes on. After an exception nothing but [#discard] may be called.
    ///
    /// @throws OldBatches.Damaged when the log is not what it should be
    /// @throws MalformedRecords likewise, inside a batch
    /// @throws IOException when the disk does not do what it should
    Step step() throws IOException, MalformedRecords {
        return log.isWanted() ? phase.run() : changed();
    }

    /// What the plan rests on must be known after a crash too: recovery takes what lies before the
    /// recovery point as it is, and knows its producers from their snapshots, not from the batches that
    /// are left.
    private Step begin() throws IOException {
        place.checkpoints().write();
        var map = new OffsetMap(means.mapBytes(), means.loadFactor(), plan.end() - plan.firstDirty());
        var begun = new KeyScan(place.disk(), plan, map, means.reader());
        scan = begun;
        phase = () -> scan(begun, map);
        return MORE;
    }

    private Step scan(KeyScan begun, OffsetMap map) throws IOException, MalformedRecords {
        if (begun.step(STEP_BYTES)) return MORE;
        long reach = begun.reach();
        if (reach <= plan.firstDirty()) return new Step.Done(CleaningResult.without(Outcome.NOTHING_TO_DO));
        var rules = new CleaningRules(plan, map, reach, observedMs, means.reader());
        var markers = new Markers(place.disk(), plan.everything(), means.reader());
        var next = new Rewriting(place, plan, plan.groups(reach), rules, markers, means.filter());
        rewriting = next;
        phase = () -> rewrite(
                next,
                () -> new CleaningResult(
                        Outcome.CLEANED, plan.firstDirty(), reach, map.keys(), rules.keyless(), sizes));
        return MORE;
    }

    private interface Outlook {
        CleaningResult whenDone();
    }

    private Step rewrite(Rewriting begun, Outlook outlook) throws IOException, MalformedRecords {
        if (!begun.hasNext()) return note(outlook.whenDone());
        var whole = begun.step(STEP_BYTES);
        if (whole == null) return MORE;

        whole.finish();
        var segment = whole.segment();
        sizes = sizes.plus(whole.replaced(), segment.sizeBytes());
        if (!whole.isChanged()) {
            whole.discard();
            begun.advance();
            return MORE;
        }
        if (!log.publish(segment)) return changed();
        begun.advance();
        phase = () -> settle(begun, outlook);
        return new Step.OnLoop(() -> log.swapIn(whole.replaced(), segment));
    }

    /// The log goes on with the new segment; once the directory says so on the disk, it gets its name.
    private Step settle(Rewriting begun, Outlook outlook) throws IOException {
        place.disk().syncDirectory(place.dir());
        phase = () -> rewrite(begun, outlook);
        return new Step.OnLoop(log::settle);
    }

    private Step note(CleaningResult result) {
        phase = () -> {
            place.checkpoints().write();
            return new Step.Done(result);
        };
        return new Step.OnLoop(() -> log.reached(result.reach()));
    }

    private Step changed() throws IOException {
        discard();
        return new Step.Done(CleaningResult.without(Outcome.LOG_CHANGED));
    }

    /// Removes what is half done; what was swapped in stays.
    void discard() throws IOException {
        if (rewriting != null) rewriting.discard();
    }

    /// How much was read so far.
    long bytesSeen() {
        long scanned = scan == null ? 0 : scan.bytesSeen();
        return scanned + (rewriting == null ? 0 : rewriting.bytesSeen());
    }
}
