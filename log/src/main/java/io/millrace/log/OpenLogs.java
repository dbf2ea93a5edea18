package io.millrace.log;

import io.millrace.folder.PartitionName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Who has which partition's folder in a data folder: an open log, one that is being opened, or one that
/// is being put away. Each name is one [Slot]'s at a time; whoever comes next waits. Safe to use from
/// any thread.
final class OpenLogs {

    /// A name that is taken.
    static final class Slot {

        private final Uuid topicId;
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private @Nullable Log log;
        private boolean unwanted;
        private boolean isDeleted;

        private Slot(Uuid topicId) {
            this.topicId = topicId;
        }

        /// Puts an opened log in its place; false when nobody wants it any more.
        synchronized boolean take(Log opened) {
            if (unwanted) return false;
            log = opened;
            return true;
        }

        /// The log, if it is open; if it is still being opened, it will not be taken.
        synchronized @Nullable Log end() {
            unwanted = true;
            return log;
        }

        /// The open log, which is being deleted from now on.
        synchronized Log delete() {
            if (log == null) throw new IllegalStateException("a log that is being opened cannot be deleted yet");
            unwanted = true;
            isDeleted = true;
            return log;
        }

        synchronized boolean isDeleted() {
            return isDeleted;
        }

        private synchronized boolean isUnwanted() {
            return unwanted;
        }
    }

    private final Map<PartitionName, Slot> slots = new HashMap<>();

    /// Takes `name` for a topic. `granted` runs at once, or as soon as whoever has the name lets go of
    /// it: an earlier topic of that name, or an earlier log that is being put away.
    ///
    /// @return false when the topic has it already; then `granted` never runs
    boolean claim(PartitionName name, Uuid topicId, Consumer<Slot> granted) {
        Slot slot;
        synchronized (this) {
            var holder = slots.get(name);
            if (holder != null) {
                if (holder.topicId.equals(topicId) && !holder.isUnwanted()) return false;
                holder.waiting.add(() -> claim(name, topicId, granted));
                return true;
            }
            slot = new Slot(topicId);
            slots.put(name, slot);
        }
        granted.accept(slot);
        return true;
    }

    /// The slot in which `topicId` has `name`, or null.
    synchronized @Nullable Slot of(PartitionName name, Uuid topicId) {
        var holder = slots.get(name);
        return holder != null && holder.topicId.equals(topicId) ? holder : null;
    }

    /// Gives the name back. Nothing happens when `slot` does not have it any more.
    void free(PartitionName name, Slot slot) {
        List<Runnable> next;
        synchronized (this) {
            if (!slots.remove(name, slot)) return;
            next = List.copyOf(slot.waiting);
            slot.waiting.clear();
        }
        next.forEach(Runnable::run);
    }

    /// Every slot there is now.
    synchronized List<Slot> all() {
        return new ArrayList<>(slots.values());
    }
}
