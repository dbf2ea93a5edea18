package io.millrace.log;

import io.millrace.disk.Checkpoint;
import io.millrace.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which leader epoch wrote from which offset on. Kept in Kafka's `leader-epoch-checkpoint`.
///
/// Epochs and start offsets both grow from entry to entry. The file may lag behind: what is missing in
/// it is in the batches beyond the recovery point, where recovery finds it again.
public final class EpochHistory {

    private record Entry(int epoch, long startOffset) {}

    private final List<Entry> entries = new ArrayList<>();
    private boolean dirty;

    EpochHistory() {}

    /// Reads what the file says.
    static EpochHistory read(Disk disk, Path file) throws IOException {
        var history = new EpochHistory();
        for (var words : Checkpoint.read(disk, file, 2)) {
            long epoch = Checkpoint.number(file, words[0]);
            if (epoch != (int) epoch) throw new IOException(file + ": epoch " + epoch + " is too large");
            history.begin((int) epoch, Checkpoint.number(file, words[1]));
        }
        history.dirty = false;
        return history;
    }

    /// From `startOffset` on, `epoch` writes. An epoch that is known already stays where it began;
    /// entries that contradict a new one are dropped.
    public void begin(int epoch, long startOffset) {
        if (epoch < 0 || startOffset < 0) {
            throw new IllegalArgumentException("epoch %d from offset %d".formatted(epoch, startOffset));
        }
        if (epoch == latest()) return;
        dirty = true;
        entries.removeIf(
                entry -> entry.epoch() > epoch || (entry.epoch() < epoch && entry.startOffset() >= startOffset));
        if (epoch != latest()) entries.add(new Entry(epoch, startOffset));
    }

    /// The latest epoch; -1 when there is none.
    public int latest() {
        return entries.isEmpty() ? -1 : entries.getLast().epoch();
    }

    /// Where the first epoch that is known began; `Long.MAX_VALUE` when none is.
    long firstOffset() {
        return entries.isEmpty() ? Long.MAX_VALUE : entries.getFirst().startOffset();
    }

    /// Goes on with what `later` knows beyond this history.
    void followedBy(EpochHistory later) {
        later.entries.forEach(entry -> begin(entry.epoch(), entry.startOffset()));
    }

    /// The epoch that wrote `offset`, or will; -1 when it is not known.
    public int epochOf(long offset) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).startOffset() <= offset) return entries.get(i).epoch();
        }
        return -1;
    }

    /// Where the records of `epoch` end, as a follower or a consumer asks who wants to know how far its
    /// own log agrees: the largest epoch at or before `epoch`, and the start of the one after it.
    ///
    /// @param logEnd end of the log, which is the end of the latest epoch
    public EpochEnd endOf(int epoch, long logEnd) {
        if (epoch < 0 || epoch > latest()) return EpochEnd.UNKNOWN;
        if (epoch == latest()) return new EpochEnd(epoch, logEnd);
        int floor = -1;
        for (var entry : entries) {
            if (entry.epoch() > epoch) return new EpochEnd(floor < 0 ? epoch : floor, entry.startOffset());
            floor = entry.epoch();
        }
        throw new AssertionError("no entry after epoch " + epoch + " before " + latest());
    }

    /// Forgets the epochs that wrote nothing before `endOffset`.
    void cutTo(long endOffset) {
        if (entries.removeIf(entry -> entry.startOffset() >= endOffset)) dirty = true;
    }

    /// Forgets the epochs that wrote nothing from `startOffset` on.
    void trimTo(long startOffset) {
        while (entries.size() > 1 && entries.get(1).startOffset() <= startOffset) {
            entries.removeFirst();
            dirty = true;
        }
        if (!entries.isEmpty() && entries.getFirst().startOffset() < startOffset) {
            entries.set(0, new Entry(entries.getFirst().epoch(), startOffset));
            dirty = true;
        }
    }

    /// Whether there is something that [#lines] did not tell before.
    boolean isDirty() {
        return dirty;
    }

    /// The lines of the file. Whoever asks writes them.
    List<String> lines() {
        dirty = false;
        return entries.stream()
                .map(entry -> entry.epoch() + " " + entry.startOffset())
                .toList();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
