package io.millrace.replica.host;

import io.millrace.model.Clock;
import io.millrace.net.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// Timers by name, on one loop.
///
/// Most timers are set anew long before they would ring: every heartbeat moves a session's end. So setting
/// a timer to a later time only notes the time; when the loop rings early, the timer is put off by the
/// rest.
///
/// @param <C> command
final class TimerTable<C> {

    private final Loop loop;
    private final Clock clock;
    private final BiConsumer<String, C> due;
    private final Map<String, Entry<C>> entries = new HashMap<>();

    private static final class Entry<C> {
        private C command;
        private long deadlineNs;
        private long ringsAtNs;
        private Loop.Timer timer = () -> {};

        private Entry(C command) {
            this.command = command;
        }
    }

    /// @param due is told the name and the command of a timer whose time has come; it is in the table no more
    TimerTable(Loop loop, Clock clock, BiConsumer<String, C> due) {
        this.loop = loop;
        this.clock = clock;
        this.due = due;
    }

    void set(String key, long delayMs, C command) {
        long nowNs = clock.monotonicNs();
        long deadlineNs = nowNs + TimeUnit.MILLISECONDS.toNanos(Math.max(delayMs, 0));
        var entry = entries.get(key);
        if (entry == null) {
            entry = new Entry<>(command);
            entries.put(key, entry);
            entry.deadlineNs = deadlineNs;
            ring(key, entry, nowNs);
            return;
        }
        entry.command = command;
        entry.deadlineNs = deadlineNs;
        if (entry.ringsAtNs - deadlineNs <= 0) return;
        entry.timer.cancel();
        ring(key, entry, nowNs);
    }

    void cancel(String key) {
        var entry = entries.remove(key);
        if (entry != null) entry.timer.cancel();
    }

    void clear() {
        entries.values().forEach(entry -> entry.timer.cancel());
        entries.clear();
    }

    int size() {
        return entries.size();
    }

    private void ring(String key, Entry<C> entry, long nowNs) {
        entry.ringsAtNs = entry.deadlineNs;
        entry.timer = loop.later(entry.deadlineNs - nowNs, () -> rang(key, entry));
    }

    private void rang(String key, Entry<C> entry) {
        long nowNs = clock.monotonicNs();
        if (entry.deadlineNs - nowNs > 0) {
            ring(key, entry, nowNs);
            return;
        }
        entries.remove(key);
        due.accept(key, entry.command);
    }
}
