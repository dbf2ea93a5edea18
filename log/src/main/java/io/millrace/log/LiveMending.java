package io.millrace.log;

import io.millrace.log.ScrubStep.Verdict;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes out of a closed segment what is damaged, while its log is used, in bounded steps on file
/// threads; what concerns the log itself is done on its loop.
///
/// 1. The damaged bytes are kept in files of their own ([Aside]); a crash leaves those and nothing else.
/// 2. What is whole is written into a new segment, which means nothing after a crash.
/// 3. The offsets go into [Quarantine], on the disk; then the new segment gets the name by which
///    recovery takes it. In this order, or a crash could leave a log that passes over records without
///    a word.
/// 4. The log goes on with the new segment, as after a compaction ([Compaction]).
///
/// The log is never compacted meanwhile; whatever makes it shorter calls the mending off.
final class LiveMending {

    private interface Phase {
        ScrubStep run() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(LiveMending.class);
    private static final ScrubStep MORE = new ScrubStep.More();

    private final LogMending log;
    private final OldSegment old;
    private final List<Survey.Run> good;
    private final List<Survey.Run> damaged;
    private final ScrubMeters meters;
    private final List<OffsetRange> lost = new ArrayList<>();
    private Phase phase = this::begin;
    private Verdict refusal = Verdict.CHANGED;
    private @Nullable CleanedSegment target;
    private int run;
    private long copiedBytes;

    /// @param runs all of `old`, in order
    LiveMending(LogMending log, OldSegment old, List<Survey.Run> runs, ScrubMeters meters) {
        this.log = log;
        this.old = old;
        this.good = runs.stream().filter(Survey.Run::isGood).toList();
        this.damaged = runs.stream().filter(run -> !run.isGood()).toList();
        this.meters = meters;
    }

    ScrubStep step() throws IOException {
        return phase.run();
    }

    private ScrubStep begin() {
        phase = this::setAside;
        return new ScrubStep.OnLoop(() -> {
            if (log.holds(old) && !log.begin(old)) refusal = Verdict.BUSY;
        });
    }

    private ScrubStep setAside() throws IOException {
        if (!log.isWanted(old)) return new ScrubStep.Done(refusal);
        if (lost.size() < damaged.size()) {
            lost.add(log.setAside(old.path(), damaged.get(lost.size())));
            return MORE;
        }
        log.place().disk().syncDirectory(log.place().dir());
        phase = this::copy;
        return MORE;
    }

    private ScrubStep copy() throws IOException {
        if (!log.isWanted(old)) return calledOff();
        if (target == null) {
            target = new CleanedSegment(log.place(), List.of(old), log.indexIntervalBytes());
        }
        if (run == good.size()) return publish(target);
        copySome(good.get(run), target);
        return MORE;
    }

    private void copySome(Survey.Run from, CleanedSegment into) throws IOException {
        long at = from.fromBytes() + copiedBytes;
        long until = Math.min(from.toBytes(), at + Cleaner.STEP_BYTES);
        try (var file = from.source().open()) {
            var walk =
                    BatchWalk.contents(file, at, from.toBytes(), from.offsets().first());
            while (at < until) {
                if (!walk.next() || !walk.crcMatches()) {
                    throw new IOException("%s is not whole any more at position %d".formatted(old.path(), at));
                }
                into.append(walk.whole(), true);
                at = walk.endPositionBytes();
            }
        }
        into.syncEvery(Cleaner.STEP_BYTES);
        boolean isThrough = at == from.toBytes();
        copiedBytes = isThrough ? 0 : at - from.fromBytes();
        if (isThrough) run++;
    }

    private ScrubStep publish(CleanedSegment whole) throws IOException {
        whole.finish();
        var segment = whole.segment();
        segment.endsAt(old.endOffset());
        if (!log.publish(segment, old, lost)) return calledOff();
        target = null;
        phase = this::settle;
        return new ScrubStep.OnLoop(() -> log.swapIn(old, segment));
    }

    /// The log goes on with the new segment; once the directory says so on the disk, it gets its name.
    private ScrubStep settle() throws IOException {
        if (!log.isWanted(old)) return calledOff();
        log.place().disk().syncDirectory(log.place().dir());
        phase = this::done;
        return new ScrubStep.OnLoop(() -> {
            log.settle();
            log.end(old);
        });
    }

    private ScrubStep done() {
        meters.damaged().add(damaged.size());
        LOG.info(
                "{} was written anew with {} bytes instead of {}",
                old.path(),
                good.stream().mapToLong(Survey.Run::sizeBytes).sum(),
                old.sizeBytes());
        return new ScrubStep.Done(Verdict.MENDED);
    }

    private ScrubStep calledOff() throws IOException {
        removeTarget();
        return new ScrubStep.Done(Verdict.CHANGED);
    }

    private void removeTarget() throws IOException {
        if (target != null) target.discard();
        target = null;
    }

    /// Removes what is half done. On the log's loop.
    void discard() throws IOException {
        log.end(old);
        removeTarget();
    }
}
