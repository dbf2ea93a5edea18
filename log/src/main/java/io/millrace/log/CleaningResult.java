package io.millrace.log;

import java.util.List;

/// What came of compacting a log.
///
/// @param from    where it began to look for keys
/// @param reach   up to where the log is compacted now
/// @param keys    how many keys were found in between
/// @param keyless records that went because they had no key
/// @param sizes   of the segments that were looked at
public record CleaningResult(Outcome outcome, long from, long reach, int keys, long keyless, Sizes sizes) {

    /// How it ended.
    public enum Outcome {

        /// The log is compacted up to `reach`.
        CLEANED,

        /// There was nothing to look at, or it belongs to a transaction that has not ended.
        NOTHING_TO_DO,

        /// The log was cut, trimmed or closed meanwhile; what had been swapped in before stays.
        LOG_CHANGED,

        /// The disk refused. It may do better later.
        FAILED,

        /// The log is damaged, and is not compacted again until it is opened anew.
        UNCLEANABLE
    }

    /// @param segmentsBefore how many there were
    /// @param segmentsAfter  how many there are in their place
    /// @param bytesBefore    size of the ones
    /// @param bytesAfter     size of the others
    public record Sizes(int segmentsBefore, int segmentsAfter, long bytesBefore, long bytesAfter) {

        static final Sizes NONE = new Sizes(0, 0, 0, 0);

        /// With a group that was replaced, or left, as one segment.
        Sizes plus(List<OldSegment> group, long newBytes) {
            long oldBytes = group.stream().mapToLong(OldSegment::sizeBytes).sum();
            return new Sizes(
                    segmentsBefore + group.size(), segmentsAfter + 1, bytesBefore + oldBytes, bytesAfter + newBytes);
        }
    }

    static CleaningResult without(Outcome outcome) {
        return new CleaningResult(outcome, 0, 0, 0, 0, Sizes.NONE);
    }
}
