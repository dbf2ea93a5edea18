package io.millrace.replica;

import io.millrace.model.Promise;
import io.millrace.replica.AppendResult.Appended;
import io.millrace.replica.AppendResult.Refused;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Up to where the records of a partition are committed, and everyone who waits for that to move: producers for
/// their answer, readers for something to read.
///
/// What holds after every method:
/// 1. The offset never goes back.
/// 2. A promise of [#await] is kept with its result only when its records are as safe as `acks` asked.
final class HighWatermark {

    private final Waiters written;
    private final Waiters committed;
    private final Set<Runnable> bells = new LinkedHashSet<>();
    private long offset;

    /// @param offset where the log ended durably when it was opened
    HighWatermark(long offset) {
        this.offset = offset;
        this.written = new Waiters(offset);
        this.committed = new Waiters(offset);
    }

    /// One past the last committed record.
    long offset() {
        return offset;
    }

    /// `result`, once the records before `end` are as safe as asked.
    ///
    /// @param acks 1: written here; -1: committed; 0: nobody waits
    Promise<AppendResult> await(long end, short acks, Appended result) {
        return switch (acks) {
            case 0 -> Promise.of(result);
            case 1 -> written.await(end, result);
            default -> committed.await(end, result);
        };
    }

    /// The log is durable up to `durableEnd` here. With one replica, that is committed.
    void raise(long durableEnd) {
        boolean isNews = durableEnd > offset;
        if (isNews) offset = durableEnd;
        written.reach(durableEnd);
        committed.reach(durableEnd);
        if (isNews) ring();
    }

    /// Runs `bell` once when there is more to read or the partition changes.
    void watch(Runnable bell) {
        bells.add(bell);
    }

    void unwatch(Runnable bell) {
        bells.remove(bell);
    }

    int watchers() {
        return bells.size();
    }

    void ring() {
        if (bells.isEmpty()) return;
        var ringing = List.copyOf(bells);
        bells.clear();
        ringing.forEach(Runnable::run);
    }

    /// Tells every producer that waits.
    void refuseAll(Refused refusal) {
        written.refuseAll(refusal);
        committed.refuseAll(refusal);
    }
}
