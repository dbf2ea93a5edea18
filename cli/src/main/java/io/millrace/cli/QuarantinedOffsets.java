package io.millrace.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The offsets of a partition whose records the disk damaged or lost, as its broker wrote them down.
///
/// @param ranges   in ascending order
/// @param findings one for each range, or that the file cannot be read
record QuarantinedOffsets(List<Range> ranges, List<Finding> findings) {

    /// Offsets from `first` on, up to but without `end`.
    record Range(long first, long end) {

        Range {
            if (first < 0 || end < first)
                throw new IllegalArgumentException("no range: %d to %d".formatted(first, end));
        }

        boolean contains(long offset) {
            return first <= offset && offset < end;
        }
    }

    /// Ends the name of a file with what is left of damaged records; before it comes their first offset.
    static final String ASIDE = ".quarantined";

    private static final String FILE = "quarantined-offset-checkpoint";

    /// Those of a partition, as far as they concern the offsets from `first` on, up to but without `end`.
    static QuarantinedOffsets of(Path partition, long first, long end) throws IOException {
        var file = partition.resolve(FILE);
        var ranges = new ArrayList<Range>();
        try {
            for (var words : CheckpointFile.read(file, 2)) {
                ranges.add(new Range(Long.parseLong(words.get(0)), Long.parseLong(words.get(1))));
            }
        } catch (NoSuchFileException _) {
            return new QuarantinedOffsets(List.of(), List.of());
        } catch (CharacterCodingException | IllegalArgumentException _) {
            return broken(file);
        }
        ranges.removeIf(range -> range.end() <= first || range.first() >= end);
        ranges.sort(Comparator.comparingLong(Range::first));
        return new QuarantinedOffsets(
                List.copyOf(ranges),
                ranges.stream().map(range -> lost(partition, file, range)).toList());
    }

    private static QuarantinedOffsets broken(Path file) {
        var what = "cannot be read: which records are in quarantine is not known";
        return new QuarantinedOffsets(List.of(), List.of(Finding.error(file, -1, what)));
    }

    private static Finding lost(Path partition, Path file, Range range) {
        var aside = "%020d%s".formatted(range.first(), ASIDE);
        var rest = Files.exists(partition.resolve(aside)) ? "what is left of them is in " + aside : "nothing is left";
        return Finding.error(
                file,
                -1,
                "the records of offsets %d to %d are in quarantine: they were damaged or missing on the disk; %s"
                        .formatted(range.first(), range.end() - 1, rest));
    }

    /// How many offsets there are.
    long count() {
        return ranges.stream().mapToLong(range -> range.end() - range.first()).sum();
    }

    /// Whether this is why there is nothing from `from` to `until`.
    boolean explains(long from, long until) {
        long at = from;
        for (var range : ranges) if (range.contains(at)) at = range.end();
        return at >= until;
    }

    /// Whether what is missing from `from` to `until` lies beside what is in quarantine, or over it.
    boolean touches(long from, long until) {
        return ranges.stream().anyMatch(range -> range.first() <= until && from <= range.end());
    }
}
