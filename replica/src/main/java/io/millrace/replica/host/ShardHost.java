package io.millrace.replica.host;

import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect;
import io.millrace.model.machine.Ephemeral;
import io.millrace.model.machine.StateMachine;
import io.millrace.net.Loop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.apache.kafka.common.protocol.Errors;

/// Runs one state machine on one partition of the log: decide, apply, write, and answer once what the
/// answer rests on is committed.
///
/// What holds between two calls:
/// 1. The machine has applied exactly the records of the log, those in `unwritten` behind them, and
///    ephemeral ones.
/// 2. Whoever asked waits in `open` until the machine replies, and then in `held` until the high watermark
///    reaches the end that the log had after the reply was decided. A reply without records waits likewise,
///    since it may have seen what is not committed yet.
/// 3. Every asker is answered once, at the latest when the host is closed.
///
/// There is no rollback. A command that would write while nothing can be written is refused before anything
/// is applied; deciding has changed nothing. When a write fails or the leadership is lost, the host is
/// closed and thrown away, and the next leader replays the log into a fresh machine.
///
/// Life: [#replay] every record, [#opened] once, then [#ask] and [#tell] with a [#flush] at the end of each
/// turn that wrote something, then [#close]. Everything on the loop of the partition.
///
/// @param <C> command
/// @param <R> record
/// @param <A> answer
public final class ShardHost<C, R, A> {

    /// So many may wait for answers; further ones are told to come again.
    private static final int MAX_OPEN = 100_000;

    /// So many records may wait for the end of the turn.
    private static final int MAX_UNWRITTEN = 100_000;

    /// A timer that could not do its work, since nothing can be written now, tries again.
    private static final long RETRY_MS = 500;

    private static final long NOT_WRITTEN = Long.MAX_VALUE;

    private final StateMachine<C, R, A> machine;
    private final ShardLog<R> log;
    private final Loop loop;
    private final Clock clock;
    private final Function<Errors, A> refusal;
    private final long commitTimeoutNs;
    private final TimerTable<C> timers;
    private final Map<Long, Promise<A>> open = new LinkedHashMap<>();
    private final ArrayDeque<Held<A>> held = new ArrayDeque<>();
    private final List<R> unwritten = new ArrayList<>();
    private Errors refusesAll = Errors.COORDINATOR_LOAD_IN_PROGRESS;
    private boolean closed;
    private boolean deadlineRuns;
    private long highWatermark;
    private long nextToken;
    private long nextRetry;

    private static final class Held<A> {
        private final Promise<A> promise;
        private final A answer;
        private final long deadlineNs;
        private long committedAt;

        private Held(Promise<A> promise, A answer, long deadlineNs, long committedAt) {
            this.promise = promise;
            this.answer = answer;
            this.deadlineNs = deadlineNs;
            this.committedAt = committedAt;
        }
    }

    /// @param refusal       makes an answer of an error code
    /// @param commitTimeout how long an answer waits at most for what it rests on; then the asker gets
    ///                      `REQUEST_TIMED_OUT`, though the command may still come true
    public ShardHost(
            StateMachine<C, R, A> machine,
            ShardLog<R> log,
            Loop loop,
            Clock clock,
            Function<Errors, A> refusal,
            Duration commitTimeout) {
        this.machine = machine;
        this.log = log;
        this.loop = loop;
        this.clock = clock;
        this.refusal = refusal;
        this.commitTimeoutNs = commitTimeout.toNanos();
        this.timers = new TimerTable<>(loop, clock, this::due);
    }

    /// Asks the machine. The promise is kept on this loop: with the machine's answer, or with a refusal.
    ///
    /// @param commandFor makes the command, given the token that its reply will name
    public Promise<A> ask(LongFunction<C> commandFor) {
        var code = mayAsk();
        if (code != Errors.NONE) return Promise.of(refusal.apply(code));

        long token = nextToken++;
        var promise = new Promise<A>();
        open.put(token, promise);
        boolean decided = false;
        try {
            code = run(commandFor.apply(token));
            decided = true;
        } finally {
            if (!decided) open.remove(token);
        }
        if (code != Errors.NONE) {
            open.remove(token);
            return Promise.of(refusal.apply(code));
        }
        release();
        return promise;
    }

    /// Tells the machine something that nobody waits for. While nothing can be written it is tried again.
    public void tell(C command) {
        if (!closed) tell("retry " + nextRetry++, command);
    }

    /// One record of the log, in its order, before [#opened].
    public void replay(R record) {
        if (refusesAll != Errors.COORDINATOR_LOAD_IN_PROGRESS) throw new IllegalStateException("opened or closed");
        machine.apply(record);
    }

    /// The log is replayed; from now on there are answers.
    ///
    /// @param loaded  what tells the machine so
    /// @param highWatermarkNow of the partition
    public void opened(C loaded, long highWatermarkNow) {
        if (refusesAll != Errors.COORDINATOR_LOAD_IN_PROGRESS) throw new IllegalStateException("opened or closed");
        refusesAll = Errors.NONE;
        highWatermark = highWatermarkNow;
        tell(loaded);
    }

    /// Writes what this turn decided.
    ///
    /// @throws IOException the disk failed; the host is closed, and its askers are told to look elsewhere
    public void flush() throws IOException {
        if (unwritten.isEmpty()) return;
        boolean written = false;
        try {
            long end = log.append(List.copyOf(unwritten));
            unwritten.clear();
            for (var each = held.descendingIterator(); each.hasNext(); ) {
                var reply = each.next();
                if (reply.committedAt != NOT_WRITTEN) break;
                reply.committedAt = end;
            }
            written = true;
        } finally {
            if (!written) close(Errors.NOT_COORDINATOR);
        }
        release();
    }

    /// The log is committed up to `offset`: answers resting on nothing newer may go.
    public void onHighWatermark(long offset) {
        highWatermark = Math.max(highWatermark, offset);
        release();
    }

    /// The end: everybody who waits is told `why`, and so is everybody who asks from now on.
    ///
    /// @param why `NOT_COORDINATOR` when another node leads now
    public void close(Errors why) {
        if (closed) return;
        closed = true;
        refusesAll = why;
        timers.clear();
        unwritten.clear();
        var waiting = new ArrayList<Promise<A>>(held.size() + open.size());
        held.forEach(reply -> waiting.add(reply.promise));
        waiting.addAll(open.values());
        held.clear();
        open.clear();
        waiting.forEach(promise -> promise.complete(refusal.apply(why)));
    }

    /// How many wait for an answer.
    public int waiting() {
        return open.size() + held.size();
    }

    private Errors mayAsk() {
        if (refusesAll != Errors.NONE) return refusesAll;
        if (open.size() >= MAX_OPEN || held.size() >= MAX_OPEN) return Errors.COORDINATOR_NOT_AVAILABLE;
        return log.mayAnswer();
    }

    private void due(String key, C command) {
        if (!closed) tell(key, command);
    }

    /// The retry has the timer's own name, so that what moves or cancels the timer does so with the retry.
    private void tell(String key, C command) {
        if (run(command) == Errors.NONE) {
            release();
        } else {
            timers.set(key, RETRY_MS, command);
        }
    }

    /// Decides and applies; `NONE`, or why nothing has happened.
    private Errors run(C command) {
        assert loop.isHere() : "not on the loop of this shard";
        var decision = machine.decide(command, clock.wallMs());
        if (isDurable(decision)) {
            var code = unwritten.size() < MAX_UNWRITTEN ? log.mayWrite() : Errors.COORDINATOR_NOT_AVAILABLE;
            if (code != Errors.NONE) return code;
        }
        boolean applied = false;
        try {
            for (var record : decision.records()) apply(record);
            applied = true;
        } finally {
            if (!applied) close(Errors.NOT_COORDINATOR);
        }
        for (var effect : decision.effects()) carryOut(effect);
        return Errors.NONE;
    }

    private static <C, R, A> boolean isDurable(Decision<C, R, A> decision) {
        for (var record : decision.records()) if (!(record instanceof Ephemeral)) return true;
        return false;
    }

    private void apply(R record) {
        machine.apply(record);
        if (!(record instanceof Ephemeral)) {
            unwritten.add(record);
            if (unwritten.size() == 1) log.wantsFlush();
        }
        log.applied(record);
    }

    private void carryOut(Effect<C, A> effect) {
        switch (effect) {
            case Effect.Reply<C, A> reply -> hold(reply.token(), reply.answer());
            case Effect.SetTimer<C, A> timer -> timers.set(timer.key(), timer.delayMs(), timer.command());
            case Effect.CancelTimer<C, A> timer -> timers.cancel(timer.key());
        }
    }

    private void hold(long token, A answer) {
        var promise = open.remove(token);
        assert promise != null : "a second reply to " + token + ": " + answer;
        if (promise == null) return;
        long committedAt = unwritten.isEmpty() ? log.end() : NOT_WRITTEN;
        held.add(new Held<>(promise, answer, clock.monotonicNs() + commitTimeoutNs, committedAt));
    }

    private void release() {
        while (!held.isEmpty() && held.peek().committedAt <= highWatermark) {
            var next = held.poll();
            next.promise.complete(next.answer);
        }
        if (!held.isEmpty() && !deadlineRuns) awaitDeadline(held.peek().deadlineNs - clock.monotonicNs());
    }

    private void awaitDeadline(long delayNs) {
        deadlineRuns = true;
        loop.later(delayNs, () -> {
            deadlineRuns = false;
            long nowNs = clock.monotonicNs();
            while (!held.isEmpty() && held.peek().deadlineNs - nowNs <= 0) {
                held.poll().promise.complete(refusal.apply(Errors.REQUEST_TIMED_OUT));
            }
            release();
        });
    }
}
