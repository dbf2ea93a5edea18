package io.millrace.log;

/// Where the records of a leader epoch end.
///
/// @param epoch     the epoch that was asked for, or the nearest one before it that has records here; -1 when
///                  unknown
/// @param endOffset one past its last offset; -1 when unknown
public record EpochEnd(int epoch, long endOffset) {

    public static final EpochEnd UNKNOWN = new EpochEnd(-1, -1);
}
