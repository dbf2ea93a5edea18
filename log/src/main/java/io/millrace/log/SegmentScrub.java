package io.millrace.log;

import io.millrace.disk.PatientFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at what the disk holds of one closed segment, and has it mended when that is damaged; in
/// bounded steps that run on file threads, one at a time.
///
/// A damaged run is looked at once more after a while, since a disk may misread. If the page cache has
/// it whole all the same, it is taken from there.
final class SegmentScrub {

    /// After so long damage is looked at once more.
    static final long LOOK_AGAIN_MS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentScrub.class);
    private static final ScrubStep MORE = new ScrubStep.More();
    private static final ScrubStep SOUND = new ScrubStep.Done(ScrubStep.Verdict.SOUND);

    private final LogMending log;
    private final OldSegment segment;
    private final ScrubMeters meters;
    private final Survey.Source onDisk;
    private final Survey.Source inCache;
    private final Survey survey;
    private @Nullable LiveMending mending;
    private boolean isSeen;

    SegmentScrub(LogMending log, OldSegment segment, ScrubMeters meters) {
        this.log = log;
        this.segment = segment;
        this.meters = meters;
        var disk = log.place().disk();
        this.onDisk = () -> new PatientFile(disk.openToScrub(segment.path()));
        this.inCache = () -> new PatientFile(disk.openToRead(segment.path()));
        this.survey = Survey.of(segment, onDisk);
    }

    /// Goes on. After an exception nothing but [#discard] may be called.
    ScrubStep step() throws IOException {
        if (mending != null) return mending.step();
        if (isSeen) return lookAgain();
        if (survey.step(Cleaner.STEP_BYTES)) return MORE;
        isSeen = true;
        return isWhole(survey.runs()) ? SOUND : new ScrubStep.Later(LOOK_AGAIN_MS);
    }

    private ScrubStep lookAgain() throws IOException {
        var runs = again(survey.runs(), onDisk);
        if (isWhole(runs)) {
            meters.misread().add(1);
            LOG.warn("{} was read wrongly once, and rightly the next time: the disk may be failing", segment.path());
            return SOUND;
        }
        runs = again(runs, inCache);
        if (isWhole(runs)) {
            LOG.error(
                    "{}: the disk does not hold what was written, which the page cache still has: it is written anew",
                    segment.path());
        }
        mending = new LiveMending(log, segment, runs, meters);
        return MORE;
    }

    private static List<Survey.Run> again(List<Survey.Run> runs, Survey.Source source) throws IOException {
        var again = new ArrayList<Survey.Run>();
        for (var run : runs) {
            if (run.isGood()) {
                again.add(run);
            } else {
                again.addAll(Survey.of(run, source).all());
            }
        }
        return again;
    }

    private static boolean isWhole(List<Survey.Run> runs) {
        return runs.stream().allMatch(Survey.Run::isGood);
    }

    /// Removes what is half done, and lets others change the log again. On the log's loop.
    void discard() throws IOException {
        if (mending != null) mending.discard();
    }

    OldSegment segment() {
        return segment;
    }

    /// How much of it was looked at so far.
    long seenBytes() {
        return survey.seenBytes();
    }
}
