package io.millrace.log;

/// What a log answers to a read.
public sealed interface LogRead {

    /// Bytes that are in memory: they can be sent without waiting for the disk.
    ///
    /// @param slice to be released by whoever takes it
    record Bytes(LogSlice slice) implements LogRead {}

    /// There is nothing to give.
    record Nothing() implements LogRead {}

    /// Where the bytes lie has to be looked up, or they have to be brought into memory. Once that is
    /// done ([ColdLookup#run], on a file thread) the log is told ([LogReader#learn]) and asked again.
    ///
    /// @param lookup to be told to the log, or to be released
    record Cold(ColdLookup lookup) implements LogRead {}
}
