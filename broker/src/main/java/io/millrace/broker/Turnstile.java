package io.millrace.broker;

import io.millrace.model.Promise;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/// Lets a few pieces of work through at a time; the others wait for their turn, in order. Of one loop.
final class Turnstile {

    private final int most;
    private final ArrayDeque<Waiting<?>> line = new ArrayDeque<>();
    private int inside;
    private boolean isShut;
    private boolean isTurning;

    private record Waiting<T>(Supplier<Promise<T>> work, Supplier<T> turnedAway, Promise<T> promise) {}

    /// @param most how many may be at work
    Turnstile(int most) {
        this.most = most;
    }

    /// Does `work` when it is its turn.
    ///
    /// @param turnedAway what to say instead once the turnstile is shut
    <T> Promise<T> pass(Supplier<Promise<T>> work, Supplier<T> turnedAway) {
        var waiting = new Waiting<>(work, turnedAway, new Promise<T>());
        line.add(waiting);
        turn();
        return waiting.promise();
    }

    /// Turns away whoever waits, and whoever comes.
    void shut() {
        isShut = true;
        turn();
    }

    /// Work that is done at once comes back here while others are let in: it is a loop, so that a long line needs
    /// no deep stack.
    private void turn() {
        if (isTurning) return;
        isTurning = true;
        try {
            while (!line.isEmpty() && (isShut || inside < most)) letIn(line.poll());
        } finally {
            isTurning = false;
        }
    }

    private <T> void letIn(Waiting<T> next) {
        if (isShut) {
            next.promise().complete(next.turnedAway().get());
            return;
        }
        inside++;
        next.work().get().then(value -> {
            inside--;
            next.promise().complete(value);
            turn();
        });
    }
}
