package io.millrace.sim;

import io.millrace.net.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/// A loop that is advanced by hand, one turn at a time, each with one piece of work.
///
/// Work that fails with anything but a crash is a defect, which a real loop would log and survive; here it
/// is kept in [#defects].
public final class SimLoop implements Loop {

    private record Due(long atNs, Runnable work) {}

    private final SimClock clock;
    private final Queue<Runnable> mailbox = new ArrayDeque<>();
    private final Queue<Runnable> turnEnd = new ArrayDeque<>();
    private final List<Due> delayed = new ArrayList<>();
    private final List<Throwable> defects = new ArrayList<>();
    private boolean isHere;
    private boolean hasEnded;

    /// @param clock tells when delayed work is due
    public SimLoop(SimClock clock) {
        this.clock = clock;
    }

    @Override
    public void execute(Runnable work) {
        if (hasEnded) throw new RejectedExecutionException("the loop has ended");
        mailbox.add(work);
    }

    @Override
    public Timer later(long delayNs, Runnable work) {
        var due = new Due(clock.monotonicNs() + delayNs, work);
        delayed.add(due);
        return () -> delayed.remove(due);
    }

    @Override
    public void atTurnEnd(Runnable work) {
        if (!isHere) throw new IllegalStateException("there is no turn now");
        turnEnd.add(work);
    }

    @Override
    public boolean isHere() {
        return isHere;
    }

    @Override
    public int index() {
        return 0;
    }

    /// One turn, with the next piece of work in the mailbox; false when there is none.
    public boolean step() {
        wake();
        var work = mailbox.poll();
        if (work != null) turn(work);
        return work != null;
    }

    /// One turn, with this work.
    public void turn(Runnable work) {
        if (isHere) throw new IllegalStateException("a turn within a turn");
        isHere = true;
        try {
            run(work);
            for (var last = turnEnd.poll(); last != null; last = turnEnd.poll()) run(last);
        } finally {
            isHere = false;
        }
    }

    private void wake() {
        for (int i = 0; i < delayed.size(); i++) {
            if (delayed.get(i).atNs() - clock.monotonicNs() > 0) continue;
            mailbox.add(delayed.remove(i--).work());
        }
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (SimCrash | Violation e) {
            throw e;
        } catch (RuntimeException | Error e) {
            defects.add(e);
        }
    }

    /// Ends it: what is in the mailbox is done, nothing more is taken, and what is due later never runs.
    public void end() {
        delayed.clear();
        while (step()) {}
        hasEnded = true;
    }

    /// What went wrong in a way that nobody planned for.
    public List<Throwable> defects() {
        return defects;
    }
}
