package io.millrace.model;

/// A half-open run of record offsets: `first` is in, `end` is out.
///
/// Offsets count records, never bytes. An empty range (`first == end`) is legal and means "nothing yet; the
/// next record will be `end`".
///
/// @param first the first offset in the range, never negative
/// @param end   one past the last offset, never before `first`
public record OffsetRange(long first, long end) {

    public OffsetRange {
        if (first < 0) throw new IllegalArgumentException("first is negative: " + first);
        if (end < first) throw new IllegalArgumentException("end " + end + " is before first " + first);
    }

    public long count() {
        return end - first;
    }

    public boolean contains(long offset) {
        return first <= offset && offset < end;
    }
}
