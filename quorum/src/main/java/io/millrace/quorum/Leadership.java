package io.millrace.quorum;

import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.MetadataRecord;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/// What a controller knows beyond what is agreed on: the entries it proposed, the image as it will be
/// when they count, and the answers that rest on them.
///
/// What holds: [#ahead] is the agreed image after all entries under way, in their order. An answer
/// leaves when every entry that was under way when it was decided counts. When one of them does not
/// count, none after it will, and the whole is thrown away.
final class Leadership {

    /// @param restsOn the sequence of the last entry that the answer could have seen
    private record Held(long restsOn, ControllerAnswer answer, Consumer<ControllerAnswer> asker) {}

    private final long term;
    private final long firstSequence;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private ClusterImage ahead;
    private EntryId last;
    private long nextSequence;
    private long counted;

    /// @param image     as agreed on
    /// @param counts    the last entry that counts
    /// @param sequence  of the next entry; no entry of this term had it before
    Leadership(long term, ClusterImage image, EntryId counts, long sequence) {
        this.term = term;
        this.ahead = image;
        this.last = counts;
        this.firstSequence = sequence;
        this.nextSequence = sequence;
        this.counted = sequence - 1;
    }

    long term() {
        return term;
    }

    ClusterImage ahead() {
        return ahead;
    }

    long nextSequence() {
        return nextSequence;
    }

    /// How many answers wait.
    int waiting() {
        return held.size();
    }

    /// The next entry, decided on everything before it; nothing is changed.
    LogEntry entry(List<MetadataRecord> records) {
        return new LogEntry(new EntryId(term, nextSequence), last, records);
    }

    /// `entry`, which is the next one, is under way.
    ///
    /// @throws IllegalArgumentException when its records do not fit the image; nothing is changed then
    void proposed(LogEntry entry) {
        ahead = ahead.after(entry.records(), ahead.index());
        last = entry.id();
        nextSequence++;
    }

    /// Keeps an answer until everything proposed so far counts; gives it away now when nothing is
    /// under way.
    void answer(ControllerAnswer answer, Consumer<ControllerAnswer> asker) {
        if (isIdle()) asker.accept(answer);
        else held.add(new Held(nextSequence - 1, answer, asker));
    }

    /// An image was agreed on, with `counts` as the last entry that counts. To be followed by
    /// [#giveAnswers].
    void agreed(ClusterImage image, EntryId counts) {
        if (isMine(counts)) counted = counts.sequence();
        if (isIdle()) {
            ahead = image;
            last = counts;
        }
    }

    /// Gives the answers away that wait for nothing any more.
    void giveAnswers() {
        while (!held.isEmpty() && held.peek().restsOn() <= counted) {
            var next = held.poll();
            next.asker().accept(next.answer());
        }
    }

    /// Did this leadership propose the entry, and does it still wait for it?
    boolean awaits(EntryId id) {
        return isMine(id) && id.sequence() > counted;
    }

    /// Gives every answer that waits the other one instead.
    void abandon(ControllerAnswer instead) {
        while (!held.isEmpty()) held.poll().asker().accept(instead);
    }

    private boolean isIdle() {
        return counted == nextSequence - 1;
    }

    private boolean isMine(EntryId id) {
        return id.term() == term && id.sequence() >= firstSequence;
    }
}
