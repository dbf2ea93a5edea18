package io.millrace.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A directory: its names as processes see them, and as they are on the platter.
///
/// What holds after every method: `names` is `platter` with the changes of `unsynced`, in order.
final class SimDirectory implements SimNode {

    /// How names survive a power cut.
    enum Survival {
        /// As with a journal: the first so many changes since the last sync.
        PREFIX,

        /// As a standard would allow: any of them.
        SUBSET
    }

    /// One change of names: a file that is made has no `gone`, one that is deleted no `come`, a rename has both.
    private record Change(
            @Nullable String gone,
            @Nullable String come,
            @Nullable SimNode node) {

        void applyTo(NavigableMap<String, SimNode> names) {
            if (gone != null) names.remove(gone);
            if (come != null && node != null) names.put(come, node);
        }
    }

    private final NavigableMap<String, SimNode> names = new TreeMap<>();
    private final NavigableMap<String, SimNode> platter = new TreeMap<>();
    private final List<Change> unsynced = new ArrayList<>();

    @Nullable
    SimNode get(String name) {
        return names.get(name);
    }

    /// What the name stands for on the platter.
    @Nullable
    SimNode onPlatter(String name) {
        return platter.get(name);
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    List<String> list() {
        return List.copyOf(names.navigableKeySet());
    }

    Iterable<SimNode> nodes() {
        return names.values();
    }

    void put(String name, SimNode node) {
        change(new Change(null, name, node));
    }

    void remove(String name) {
        change(new Change(name, null, null));
    }

    /// One change that either survives or does not.
    void rename(String from, String to) {
        change(new Change(from, to, names.get(from)));
    }

    private void change(Change change) {
        change.applyTo(names);
        unsynced.add(change);
    }

    void sync() {
        unsynced.forEach(change -> change.applyTo(platter));
        unsynced.clear();
    }

    /// A sync that the crash cuts short, or what the file system does by itself: the first so many changes.
    void syncSome(RandomGenerator random) {
        int some = random.nextInt(unsynced.size() + 1);
        unsynced.subList(0, some).forEach(change -> change.applyTo(platter));
        unsynced.subList(0, some).clear();
    }

    /// The machine lost power: what is left here and below.
    void losePower(RandomGenerator random, Survival survival) {
        int most = random.nextInt(unsynced.size() + 1);
        for (int i = 0; i < unsynced.size(); i++) {
            boolean survives = survival == Survival.PREFIX ? i < most : random.nextBoolean();
            if (survives) unsynced.get(i).applyTo(platter);
        }
        unsynced.clear();
        names.clear();
        names.putAll(platter);
        for (var node : names.values()) {
            switch (node) {
                case SimDirectory directory -> directory.losePower(random, survival);
                case SimContent content -> content.losePower(random);
            }
        }
    }

    /// The process died: pages that are in memory only, because writing them failed, may be dropped from it.
    void loseProcess(RandomGenerator random) {
        for (var node : names.values()) {
            switch (node) {
                case SimDirectory directory -> directory.loseProcess(random);
                case SimContent content -> {
                    if (content.hasLost() && random.nextBoolean()) content.evict();
                }
            }
        }
    }

    /// Bytes of all files here and below.
    long usedBytes() {
        long bytes = 0;
        for (var node : names.values()) {
            bytes += switch (node) {
                case SimDirectory directory -> directory.usedBytes();
                case SimContent content -> content.sizeBytes();
            };
        }
        return bytes;
    }
}
