package io.millrace.log;

import io.millrace.disk.Checkpoint;
import io.millrace.disk.SealedLines;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When the segments of a log were first and last appended to, kept beside them in
/// `append-time-checkpoint` so that their age outlives the process: a line for each segment with base
/// offset, size, and both times on the [ObservedClock].
///
/// A line counts only for a segment of exactly that size: one that was appended to since, or came back
/// shorter from a crash, counts as appended to just now. So does every segment when the file is missing
/// or broken. A log that nobody appends to never writes it.
///
/// Belongs to the loop of its log, or to whoever recovers the log before that; the file is written on
/// the sync thread.
final class AppendTimes {

    private static final Logger LOG = LoggerFactory.getLogger(AppendTimes.class);

    private record Line(int sizeBytes, long firstMs, long lastMs) {}

    private final LogPlace place;
    private final Map<Long, Line> found;
    private long written;

    /// The latest reason to write, or not to; older ones are void. With this object's lock held.
    private long turn;

    /// Reads what the file says.
    AppendTimes(LogPlace place) {
        this.place = place;
        this.found = read(place);
    }

    private static Map<Long, Line> read(LogPlace place) {
        var file = place.file(SegmentFiles.APPEND_TIMES);
        var lines = new HashMap<Long, Line>();
        if (!place.disk().exists(file)) return lines;
        try {
            for (var words : SealedLines.read(place.disk(), file, 4)) {
                var line = new Line(
                        Math.toIntExact(Checkpoint.number(file, words[1])),
                        Checkpoint.number(file, words[2]),
                        Checkpoint.number(file, words[3]));
                lines.put(Checkpoint.number(file, words[0]), line);
            }
        } catch (IOException | ArithmeticException e) {
            LOG.warn("{} cannot be used: its segments count as appended to just now", file, e);
            lines.clear();
        }
        return lines;
    }

    /// Gives a segment that was found its times.
    void restore(Segment segment) {
        var line = found.get(segment.baseOffset());
        if (line == null || line.sizeBytes() != segment.sizeBytes()) return;
        var observed = place.observed();
        segment.wasAppended(observed.ns(line.firstMs()), observed.ns(line.lastMs()));
    }

    /// Recovery is over: what it found to be of another size after all counts as appended to just now.
    /// Lines that claim more than there is are of no use any more, and must not be believed when the
    /// segment has grown to that size again.
    void settle(List<Segment> segments) throws IOException {
        long nowNs = place.clock().monotonicNs();
        boolean claimsTooMuch = false;
        for (var segment : segments) {
            var line = found.get(segment.baseOffset());
            if (line == null || line.sizeBytes() == segment.sizeBytes()) continue;
            segment.wasAppended(nowNs, nowNs);
            claimsTooMuch |= line.sizeBytes() > segment.sizeBytes();
        }
        boolean isComplete = segments.stream().allMatch(this::isKnown);
        found.clear();
        if (claimsTooMuch) {
            forget();
            place.disk().syncDirectory(place.dir());
        }
        if (isComplete) written = state(segments);
    }

    private boolean isKnown(Segment segment) {
        var line = found.get(segment.baseOffset());
        return line != null && line.sizeBytes() == segment.sizeBytes();
    }

    /// The log is about to become shorter: no line may be believed when it has grown again.
    synchronized void forget() throws IOException {
        turn++;
        place.disk().delete(place.file(SegmentFiles.APPEND_TIMES));
        written = 0;
    }

    /// Has the file written soon, if it does not say the same.
    void keep(List<Segment> segments) {
        long state = state(segments);
        if (state == written || isEmpty(segments)) return;
        var lines = lines(segments);
        long mine = next();
        try {
            place.work().sync(() -> write(lines, mine));
            written = state;
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is being closed: the times of its appends stay as they are", place.dir(), e);
        }
    }

    /// Writes the file now, if it does not say the same.
    void keepNow(List<Segment> segments) {
        long state = state(segments);
        if (state == written || isEmpty(segments)) return;
        write(lines(segments), next());
        written = state;
    }

    /// Nothing is written any more: the folder may be another log's soon.
    synchronized void retire() {
        turn++;
    }

    private synchronized long next() {
        return ++turn;
    }

    private static boolean isEmpty(List<Segment> segments) {
        return segments.size() == 1 && segments.getFirst().sizeBytes() == 0;
    }

    private List<String> lines(List<Segment> segments) {
        var observed = place.observed();
        return segments.stream()
                .map(segment -> "%d %d %d %d"
                        .formatted(
                                segment.baseOffset(),
                                segment.sizeBytes(),
                                Math.max(0, observed.ms(segment.firstAppendNs())),
                                Math.max(0, observed.ms(segment.lastAppendNs()))))
                .toList();
    }

    /// What could not be written costs time until something is deleted, and nothing else.
    private synchronized void write(List<String> lines, long mine) {
        if (mine != turn) return;
        var file = place.file(SegmentFiles.APPEND_TIMES);
        try {
            SealedLines.replaceLazily(place.disk(), file, lines);
        } catch (NoSuchFileException e) {
            LOG.debug("{} was deleted before its times were written", place.dir(), e);
        } catch (IOException e) {
            LOG.warn("{} could not be written: after a restart its segments may be kept longer", file, e);
        }
    }

    /// The same for the same lines, and never 0.
    private static long state(List<Segment> segments) {
        long state = 17;
        for (var segment : segments) {
            state = 31 * state + segment.baseOffset();
            state = 31 * state + segment.sizeBytes();
            state = 31 * state + segment.lastAppendNs();
        }
        return state | 1;
    }
}
