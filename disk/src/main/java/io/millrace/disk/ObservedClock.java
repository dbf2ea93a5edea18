package io.millrace.disk;

import io.millrace.model.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Time as this data folder saw it pass: for how many milliseconds it has been open, all runs taken
/// together. Whatever may be deleted for its age goes by this clock.
///
/// It moves with the monotonic clock only, so that nothing done to the wall clock moves it, and it is
/// written down from time to time and at the end (`observed-time-checkpoint`). It never runs ahead of
/// the time that really passed: what passed while the folder was closed does not count, a crash loses
/// what was not written down, and a file that is missing or broken begins at 0. Each makes things go
/// later than they might, never earlier.
///
/// Safe to use from any thread.
public final class ObservedClock {

    static final String FILE = "observed-time-checkpoint";

    /// So often it is written down, if nothing else happens.
    private static final long EVERY_MS = 30_000;

    /// A folder that was open for longer than this is none that we know.
    private static final long MOST_MS = TimeUnit.DAYS.toMillis(365 * 100);

    private static final Logger LOG = LoggerFactory.getLogger(ObservedClock.class);

    private final Disk disk;
    private final Path file;
    private final Clock clock;
    private final FileWork work;
    private final long openedNs;
    private final Shown opened;

    /// What the file says.
    ///
    /// @param ms     for how long the folder was open
    /// @param madeMs what the wall clock showed when the folder was new
    private record Shown(long ms, long madeMs) {}

    /// Goes on where the file says.
    public ObservedClock(Disk disk, Path dir, Clock clock, FileWork work) throws IOException {
        this.disk = disk;
        this.file = dir.resolve(FILE);
        this.clock = clock;
        this.work = work;
        this.openedNs = clock.monotonicNs();
        this.opened = read();
    }

    private Shown read() throws IOException {
        var anew = new Shown(0, clock.wallMs());
        if (!disk.exists(file)) return anew;
        try {
            var lines = SealedLines.read(disk, file, 2);
            if (lines.size() != 1) throw new IOException("%s has %d lines".formatted(file, lines.size()));
            long ms = Checkpoint.number(file, lines.getFirst()[0]);
            if (ms <= MOST_MS) return new Shown(ms, Checkpoint.number(file, lines.getFirst()[1]));
            throw new IOException("%s says %d ms".formatted(file, ms));
        } catch (IOException e) {
            LOG.warn("{} cannot be used: what is kept for a time is kept longer", file, e);
            return anew;
        }
    }

    /// From now on the clock is written down now and then.
    public void begin() {
        work.syncLater(EVERY_MS, () -> {
            try {
                write();
            } catch (IOException e) {
                LOG.warn("{} could not be written; it is tried again", file, e);
            }
            begin();
        });
    }

    /// Writes it down, and waits until that is on the disk.
    public void write() throws IOException {
        SealedLines.replace(disk, file, List.of(nowMs() + " " + opened.madeMs()));
    }

    /// What it shows now.
    public long nowMs() {
        return ms(clock.monotonicNs());
    }

    /// The same as a date: what the wall clock showed when the folder was new, and what was seen to pass
    /// since. For times that stand in records, where others read them; behind the wall clock by the time
    /// that the folder was not open.
    public long dateMs() {
        return opened.madeMs() + nowMs();
    }

    /// What this clock showed, or will show, at a moment of the monotonic clock.
    public long ms(long monotonicNs) {
        return opened.ms() + TimeUnit.NANOSECONDS.toMillis(monotonicNs - openedNs);
    }

    /// When this clock showed `ms`, on the monotonic clock; not after now.
    public long ns(long ms) {
        long nowNs = clock.monotonicNs();
        long agoMs = Math.clamp(ms(nowNs) - ms, 0, MOST_MS);
        return nowNs - TimeUnit.MILLISECONDS.toNanos(agoMs);
    }
}
