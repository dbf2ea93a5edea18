package io.millrace.cli;

import java.nio.file.Path;
import java.util.Optional;

/// What to make of offsets of a partition that no batch has: deleted, in quarantine, lost, or a gap as
/// compaction leaves them. Counts those last ones.
final class Missing {

    private final QuarantinedOffsets quarantine;
    private final long startOffset;
    private long gaps;
    private String firstGap = "";

    /// @param startOffset what lies before is deleted
    Missing(QuarantinedOffsets quarantine, long startOffset) {
        this.quarantine = quarantine;
        this.startOffset = startOffset;
    }

    /// Whether everything up to an offset is deleted.
    boolean isDeleted(long end) {
        return end != SegmentWalk.UNKNOWN && end <= startOffset;
    }

    /// Whether any of the offsets from `from` on, up to but without `until`, is not deleted.
    boolean isAnyLeft(long from, long until) {
        return Math.max(startOffset, from) < until;
    }

    /// Between two whole batches of a segment nothing is there from `from` on, up to but without `until`.
    Optional<Finding> between(long from, long until, Path segment, long position) {
        if (isExplained(from, until)) return Optional.empty();
        if (isLoss(from, until)) return Optional.of(Finding.error(segment, position, loss(from, until)));
        if (gaps++ == 0) firstGap = "from %d to %d".formatted(Math.max(startOffset, from), until);
        return Optional.empty();
    }

    /// The same between two segments, of which `segment` is the second.
    Optional<Finding> before(long from, long until, Path segment) {
        if (isExplained(from, until)) return Optional.empty();
        if (isLoss(from, until)) return Optional.of(Finding.error(segment, -1, loss(from, until)));
        return Optional.of(Finding.warning(
                segment,
                -1,
                "nothing between offset %d and this segment; normal in a compacted topic"
                        .formatted(Math.max(startOffset, from))));
    }

    /// The gaps [#between] batches since this was asked before; nothing when there were none.
    Optional<Finding> gaps(Path segment) {
        if (gaps == 0) return Optional.empty();
        var what = "%s in its offsets, the first %s; normal in a compacted topic"
                .formatted(Sizes.count(gaps, "gap"), firstGap);
        gaps = 0;
        return Optional.of(Finding.warning(segment, -1, what));
    }

    /// What is lost with damaged bytes, in words.
    ///
    /// @param end one past the last offset; [SegmentWalk#UNKNOWN] when nothing says it
    String lost(long first, long end) {
        if (end == SegmentWalk.UNKNOWN) return "what is lost begins at offset " + first;
        if (end <= first) return "no offset is missing for it";
        long from = Math.max(startOffset, first);
        return from == end - 1
                ? "the record of offset %d is lost".formatted(from)
                : "the records of offsets %d to %d are lost".formatted(from, end - 1);
    }

    private boolean isExplained(long from, long until) {
        long begin = Math.max(startOffset, from);
        return begin >= until || quarantine.explains(begin, until);
    }

    private boolean isLoss(long from, long until) {
        return quarantine.touches(Math.max(startOffset, from), until);
    }

    private String loss(long from, long until) {
        return "nothing at offsets %d to %d, beside what is in quarantine: they are lost too"
                .formatted(Math.max(startOffset, from), until - 1);
    }
}
