package io.millrace.sim;

import java.nio.file.Path;
import java.util.function.Predicate;

/// A defect of the disk: the `nth` operation of one kind on certain files fails, and some after it.
public final class SimFault {

    /// What can fail.
    public enum Kind {
        READ,
        WRITE,
        SYNC,
        NAMES
    }

    private final Kind kind;
    private final Predicate<Path> files;
    private final int nth;
    private final int times;
    private int seen;

    /// @param nth   the first that fails, counted from 1
    /// @param times how many fail from then on
    public SimFault(Kind kind, Predicate<Path> files, int nth, int times) {
        this.kind = kind;
        this.files = files;
        this.nth = nth;
        this.times = times;
    }

    /// Whether this operation fails; counts it.
    boolean strikes(Kind what, Path file) {
        if (what != kind || !files.test(file)) return false;
        seen++;
        return seen >= nth && seen - nth < times;
    }

    @Override
    public String toString() {
        return "%s number %d, %d times, %d seen".formatted(kind, nth, times, seen);
    }
}
