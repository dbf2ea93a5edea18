package io.millrace.replica;

import io.millrace.model.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;

/// Those who wait until an offset is reached, in the order of their offsets.
///
/// Whoever asks for an offset that is reached already is not put in line. New appends come with growing
/// offsets and go to the back; a repeated batch waits for its original and goes to its place in the middle.
final class Waiters {

    private record Waiting(long end, AppendResult result, Promise<AppendResult> promise) {}

    private final ArrayDeque<Waiting> line = new ArrayDeque<>();
    private long reached;

    Waiters(long reached) {
        this.reached = reached;
    }

    /// Kept with `result` once everything before `end` is reached.
    Promise<AppendResult> await(long end, AppendResult result) {
        if (end <= reached) return Promise.of(result);
        var waiting = new Waiting(end, result, new Promise<>());
        if (line.isEmpty() || line.peekLast().end() <= end) {
            line.addLast(waiting);
        } else {
            insert(waiting);
        }
        return waiting.promise();
    }

    /// Everything before `offset` is there now. Offsets never go back.
    void reach(long offset) {
        if (offset <= reached) return;
        reached = offset;
        while (!line.isEmpty() && line.peekFirst().end() <= offset) {
            var first = line.pollFirst();
            first.promise().complete(first.result());
        }
    }

    /// What they wait for will not come: everyone is told.
    void refuseAll(AppendResult.Refused refusal) {
        var told = new ArrayList<>(line);
        line.clear();
        told.forEach(waiting -> waiting.promise().complete(refusal));
    }

    private void insert(Waiting waiting) {
        var behind = new ArrayDeque<Waiting>();
        while (!line.isEmpty() && line.peekLast().end() > waiting.end()) behind.addFirst(line.pollLast());
        line.addLast(waiting);
        line.addAll(behind);
    }
}
