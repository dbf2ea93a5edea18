package io.millrace.http;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All meters of one name: the same label names, one meter for each list of label values.
///
/// @param <M> what a room holds of a meter
final class Family<M> {

    private static final Logger LOG = LoggerFactory.getLogger(Family.class);

    /// More meters than this under one name are a mistake in what is counted; further ones count nothing.
    static final int MAX_METERS = 100_000;

    private final String name;
    private final List<String> labelNames;
    private final Function<String[], M> make;
    private final Consumer<String[]> drop;
    private final M none;
    private final ConcurrentMap<List<String>, M> meters = new ConcurrentHashMap<>();
    private volatile boolean full;

    /// @param make makes the meter of some label values
    /// @param drop ends it
    /// @param none counts nothing
    Family(String name, List<String> labelNames, Function<String[], M> make, Consumer<String[]> drop, M none) {
        this.name = name;
        this.labelNames = labelNames;
        this.make = make;
        this.drop = drop;
        this.none = none;
    }

    /// The meter of these labels, made when it is new.
    ///
    /// @throws IllegalArgumentException when the label names are not those of the family
    M meter(Labels labels) {
        check(labels);
        var known = meters.get(labels.values());
        if (known != null) return known;
        if (isFull()) return none;
        return meters.computeIfAbsent(labels.values(), values -> make.apply(values.toArray(String[]::new)));
    }

    /// Puts `meter` in the place of the one of these labels.
    void put(Labels labels, M meter) {
        check(labels);
        if (meters.containsKey(labels.values()) || !isFull()) meters.put(labels.values(), meter);
    }

    void forget(Labels labels) {
        if (!labels.names().equals(labelNames)) return;
        meters.computeIfPresent(labels.values(), (values, _) -> {
            drop.accept(values.toArray(String[]::new));
            return null;
        });
    }

    void forEach(BiConsumer<List<String>, M> visitor) {
        meters.forEach(visitor);
    }

    private void check(Labels labels) {
        if (!labels.names().equals(labelNames))
            throw new IllegalArgumentException(
                    "%s has the labels %s, not %s".formatted(name, labelNames, labels.names()));
    }

    private boolean isFull() {
        if (meters.size() < MAX_METERS) return false;
        if (!full) LOG.warn("{} has {} meters; further ones are not counted", name, MAX_METERS);
        full = true;
        return true;
    }
}
