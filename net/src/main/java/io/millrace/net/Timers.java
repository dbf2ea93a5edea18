package io.millrace.net;

import java.util.ArrayList;

/// What is to run later, the earliest first: a binary heap that knows where each timer lies, so that cancelling
/// costs a few swaps and leaves nothing behind.
///
/// Timers due at the same nanosecond run in the order in which they were set. Belongs to one loop.
final class Timers {

    /// One timer; `at < 0` when it is not in the heap (it ran, or was cancelled).
    private final class Entry implements Loop.Timer {
        private final long dueNs;
        private final long order;
        private final Runnable work;
        private int at;

        Entry(long dueNs, long order, Runnable work) {
            this.dueNs = dueNs;
            this.order = order;
            this.work = work;
        }

        @Override
        public void cancel() {
            if (at >= 0) remove(this);
        }

        boolean isBefore(Entry other) {
            long earlier = dueNs - other.dueNs;
            return earlier < 0 || (earlier == 0 && order < other.order);
        }
    }

    private final ArrayList<Entry> heap = new ArrayList<>();
    private long nextOrder;

    Loop.Timer add(long dueNs, Runnable work) {
        var entry = new Entry(dueNs, nextOrder++, work);
        heap.add(entry);
        rise(entry, heap.size() - 1);
        return entry;
    }

    /// Takes the first timer out when it was due at `nowNs` and set before `before` (see [#mark]); null when
    /// there is none.
    @org.jspecify.annotations.Nullable
    Runnable takeDue(long nowNs, long before) {
        if (heap.isEmpty()) return null;
        var first = heap.getFirst();
        if (first.dueNs - nowNs > 0 || first.order >= before) return null;
        remove(first);
        return first.work;
    }

    /// Timers set from now on are not before this mark.
    long mark() {
        return nextOrder;
    }

    boolean isEmpty() {
        return heap.isEmpty();
    }

    int size() {
        return heap.size();
    }

    /// When the first timer is due; only when there is one.
    long firstDueNs() {
        return heap.getFirst().dueNs;
    }

    private void remove(Entry entry) {
        int hole = entry.at;
        entry.at = -1;
        var last = heap.removeLast();
        if (hole == heap.size()) return; // it was the last
        if (hole > 0 && last.isBefore(heap.get((hole - 1) / 2))) {
            rise(last, hole);
        } else {
            sink(last, hole);
        }
    }

    private void rise(Entry entry, int from) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (!entry.isBefore(heap.get(parent))) break;
            put(heap.get(parent), at);
            at = parent;
        }
        put(entry, at);
    }

    private void sink(Entry entry, int from) {
        int at = from;
        while (2 * at + 1 < heap.size()) {
            int child = 2 * at + 1;
            if (child + 1 < heap.size() && heap.get(child + 1).isBefore(heap.get(child))) child++;
            if (!heap.get(child).isBefore(entry)) break;
            put(heap.get(child), at);
            at = child;
        }
        put(entry, at);
    }

    private void put(Entry entry, int at) {
        heap.set(at, entry);
        entry.at = at;
    }
}
