package io.millrace.model;

/// The two times a broker needs. The simulator has its own.
public interface Clock {

    /// Nanoseconds that only go forward, from an arbitrary start: for intervals and deadlines.
    long monotonicNs();

    /// Milliseconds since 1970 as the machine believes; may jump either way: for timestamps that people read.
    long wallMs();
}
