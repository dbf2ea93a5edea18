package io.millrace.folder;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the write-ahead log says of one log, all entries taken together. Entries are numbered in
/// their order.
public final class WalTail {

    private record NumberedCut(long entry, WalEntry.Cut cut) {}

    private final List<NumberedCut> cuts = new ArrayList<>();
    private long goneAt = -1;
    private long durableEnd = Long.MAX_VALUE;
    private boolean promises;
    private @Nullable WalEntry last;

    /// Takes note of an entry; they come in their order.
    void note(long number, WalEntry entry) {
        last = entry;
        switch (entry) {
            case WalEntry.Data data -> promise(data.endOffset());
            case WalEntry.Synced synced -> promise(synced.endOffset());
            case WalEntry.Cut cut -> {
                durableEnd = Math.min(durableEnd, cut.endOffset());
                cuts.add(new NumberedCut(number, cut));
            }
            case WalEntry.Gone _ -> goneAt = number;
        }
    }

    private void promise(long end) {
        durableEnd = end;
        promises = true;
    }

    /// Whether the partition was deleted, and not made again.
    boolean isGone() {
        return last instanceof WalEntry.Gone;
    }

    /// One past the last record that was promised to be durable, of which `known` is what the checkpoint
    /// says: that counts when here is nothing but a cut. Meaningless when [#isGone].
    long durableEnd(long known) {
        return promises ? durableEnd : Math.min(known, durableEnd);
    }

    /// The cut that was the last thing to happen, and may not have reached the files.
    WalEntry.@Nullable Cut openCut() {
        return last instanceof WalEntry.Cut cut ? cut : null;
    }

    /// How many of the bytes of entry `number` still belong to the log.
    int validBytes(long number, WalEntry.Data data) {
        if (number < goneAt) return 0;
        int valid = data.bytes().remaining();
        for (var one : cuts) {
            if (one.entry() < number) continue;
            var cut = one.cut();
            if (data.baseOffset() > cut.baseOffset()) return 0;
            if (data.baseOffset() < cut.baseOffset()) continue;
            valid = Math.clamp((long) cut.positionBytes() - data.positionBytes(), 0, valid);
        }
        return valid;
    }
}
