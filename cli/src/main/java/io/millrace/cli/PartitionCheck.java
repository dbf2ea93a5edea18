package io.millrace.cli;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks the segments of one partition, each for itself and whether they follow each other.
final class PartitionCheck {

    /// What was found.
    ///
    /// @param first       the first offset there is; null without a segment
    /// @param end         one past the last whole batch
    /// @param quarantined how many offsets are in quarantine
    record Result(
            String partition,
            int segments,
            long batches,
            long records,
            long bytes,
            @Nullable Long first,
            long end,
            long quarantined,
            long errors,
            long warnings) {}

    private final PartitionFolder partition;
    private final boolean deep;
    private final QuarantinedOffsets quarantine;
    private final Missing missing;
    private final long startOffset;
    private final long durableEnd;
    private final List<Finding> findings = new ArrayList<>();

    private long batches;
    private long records;
    private long bytes;
    private @Nullable Long first;
    private long end;

    /// One past the segments so far, damage at their end included; [SegmentWalk#UNKNOWN] before the first.
    private long coveredEnd = SegmentWalk.UNKNOWN;

    private int epoch = -1;

    /// @param deep whether to read every record too
    PartitionCheck(PartitionFolder partition, boolean deep) throws Failure, IOException {
        this.partition = partition;
        this.deep = deep;
        startOffset = NotedOffsets.start(partition.path());
        durableEnd = NotedOffsets.durableEnd(partition.path());
        boolean isAll = partition.chosen().equals(partition.segments());
        long from = isAll ? 0 : PartitionFolder.baseOffset(partition.chosen().getFirst());
        long next = partition.nextBase(partition.chosen().getLast());
        long until = next == SegmentWalk.UNKNOWN ? Long.MAX_VALUE : next;
        quarantine = QuarantinedOffsets.of(partition.path(), Math.max(startOffset, from), until);
        missing = new Missing(quarantine, startOffset);
    }

    /// Checks the next segment; returns how many bytes of it were looked at.
    long check(Path segment) throws Failure, IOException {
        SegmentCheck check;
        try {
            check = new SegmentCheck(segment, partition.nextBase(segment), durableEnd, deep, missing);
            var found = check.run(epoch);
            findings.addAll(found);
            missing.gaps(segment).ifPresent(findings::add);
        } catch (NoSuchFileException e) {
            // A running broker drops old segments as their time comes.
            findings.add(Finding.warning(segment, -1, "was removed while the partition was checked"));
            return 0;
        }
        follow(check, segment);
        if (first == null) first = Math.max(startOffset, check.baseOffset());
        end = Math.max(end, check.end());
        coveredEnd = Math.max(coveredEnd, check.coveredEnd());
        epoch = check.epoch();
        batches += check.batches();
        records += check.records();
        bytes += check.bytes();
        return check.bytes();
    }

    private void follow(SegmentCheck check, Path segment) {
        if (coveredEnd == SegmentWalk.UNKNOWN) return;
        if (check.baseOffset() < coveredEnd) {
            findings.add(Finding.error(segment, -1, "begins before the segment before it ends, at " + coveredEnd));
        } else if (check.baseOffset() > coveredEnd) {
            missing.before(coveredEnd, check.baseOffset(), segment).ifPresent(findings::add);
        }
    }

    List<Finding> findings() {
        var all = new ArrayList<>(quarantine.findings());
        all.addAll(findings);
        return all;
    }

    Result result() {
        var all = findings();
        long errors = all.stream().filter(f -> f.severity() == Severity.ERROR).count();
        return new Result(
                partition.name(),
                partition.chosen().size(),
                batches,
                records,
                bytes,
                first,
                end,
                quarantine.count(),
                errors,
                all.size() - errors);
    }
}
