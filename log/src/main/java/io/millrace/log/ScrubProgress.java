package io.millrace.log;

import io.millrace.disk.Checkpoint;
import io.millrace.disk.SealedLines;
import io.millrace.folder.FolderPlace;
import io.millrace.folder.PartitionName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far the scrubber got in a data folder, on the [ObservedClock]; kept in `scrub-checkpoint`, a line
/// for each log. A file that is missing or broken, or older than it might be, only means that more is
/// verified again.
///
/// Safe to use from any thread. Changes are written after a while, together.
final class ScrubProgress {

    static final String FILE = "scrub-checkpoint";

    private static final long SOON_MS = 30_000;
    private static final Logger LOG = LoggerFactory.getLogger(ScrubProgress.class);

    /// @param verifiedMs when the pass began that went through the whole log last; 0 when none did
    /// @param passMs     when the pass began that looked at it last
    /// @param next       up to where that one got
    private record Line(long verifiedMs, long passMs, long next) {
        static final Line NONE = new Line(0, 0, 0);
    }

    private final FolderPlace place;
    private final Path file;
    private final Map<PartitionName, Line> lines;
    private long passMs;
    private boolean isScheduled;
    private boolean isChanged;

    ScrubProgress(FolderPlace place) throws IOException {
        this.place = place;
        this.file = place.dir().resolve(FILE);
        this.lines = place.disk().exists(file) ? read() : new TreeMap<>();
        long latestMs = lines.values().stream().mapToLong(Line::passMs).max().orElse(0);
        this.passMs = latestMs > 0 ? latestMs : Math.max(1, place.observed().nowMs());
    }

    /// What the file says of partitions that are still there. The clock may have gone back a little in
    /// a crash.
    private Map<PartitionName, Line> read() throws IOException {
        var read = new TreeMap<PartitionName, Line>();
        var there = new HashSet<>(place.disk().list(place.dir()));
        long nowMs = place.observed().nowMs();
        try {
            for (var words : SealedLines.read(place.disk(), file, 5)) {
                var name = PartitionName.of(words[0], words[1])
                        .orElseThrow(() -> new IOException("no partition: %s-%s".formatted(words[0], words[1])));
                var line = new Line(
                        Math.min(nowMs, Checkpoint.number(file, words[2])),
                        Math.min(nowMs, Checkpoint.number(file, words[3])),
                        Checkpoint.number(file, words[4]));
                if (there.contains(name.folder())) read.put(name, line);
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be used: everything is verified again", file, e);
            read.clear();
        }
        return read;
    }

    /// Begins a pass, if the last one began `intervalMs` ago or earlier.
    synchronized boolean beginPass(long intervalMs) {
        long nowMs = place.observed().nowMs();
        if (nowMs - passMs < intervalMs) return false;
        passMs = nowMs;
        return true;
    }

    /// Whether the present pass is through with the log.
    synchronized boolean isDone(PartitionName name) {
        var line = lines.get(name);
        return line != null && line.verifiedMs() >= passMs;
    }

    /// Where the present pass goes on in the log.
    synchronized long next(PartitionName name) {
        var line = lines.getOrDefault(name, Line.NONE);
        return line.passMs() == passMs ? line.next() : 0;
    }

    /// The present pass has got up to `offset` in the log.
    synchronized void at(PartitionName name, long offset) {
        put(name, new Line(lines.getOrDefault(name, Line.NONE).verifiedMs(), passMs, offset));
    }

    /// The present pass is through with the log.
    synchronized void done(PartitionName name) {
        put(name, new Line(passMs, passMs, 0));
    }

    /// The present pass begins anew in the log.
    synchronized void again(PartitionName name) {
        long verifiedMs = lines.getOrDefault(name, Line.NONE).verifiedMs();
        put(name, new Line(Math.min(verifiedMs, passMs - 1), passMs, 0));
    }

    /// The log is gone.
    synchronized void forget(PartitionName name) {
        if (lines.remove(name) != null) writeSoon();
    }

    private void put(PartitionName name, Line line) {
        if (!line.equals(lines.put(name, line))) writeSoon();
    }

    /// When the pass began that verified last what waits longest; what no pass is through with yet waits
    /// since the present one.
    synchronized long oldestMs() {
        long oldestMs = passMs;
        for (var line : lines.values()) {
            if (line.verifiedMs() > 0) oldestMs = Math.min(oldestMs, line.verifiedMs());
        }
        return oldestMs;
    }

    private void writeSoon() {
        isChanged = true;
        if (isScheduled) return;
        isScheduled = true;
        place.work().syncLater(SOON_MS, this::write);
    }

    /// Writes what changed. What cannot be written is verified again after a restart, and nothing else.
    void write() {
        Map<PartitionName, Line> all;
        synchronized (this) {
            isScheduled = false;
            if (!isChanged) return;
            isChanged = false;
            all = new TreeMap<>(lines);
        }
        try {
            SealedLines.replaceLazily(place.disk(), file, text(all));
        } catch (IOException e) {
            LOG.warn("{} could not be written: after a restart more is verified again", file, e);
        }
    }

    private static List<String> text(Map<PartitionName, Line> lines) {
        return lines.entrySet().stream()
                .map(entry -> "%s %d %d %d %d"
                        .formatted(
                                entry.getKey().topic(),
                                entry.getKey().partition(),
                                entry.getValue().verifiedMs(),
                                entry.getValue().passMs(),
                                entry.getValue().next()))
                .toList();
    }
}
