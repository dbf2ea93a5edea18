package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace log verify FOLDER`
@Command(
        name = "verify",
        description = "Check every batch of a partition, or of all partitions in a data folder. Changes nothing.",
        footer = {
            "",
            "Checks each batch's checksum, that offsets and leader epochs rise, and that both indexes fit the log.",
            "Names the offsets that a broker has in quarantine, because the disk damaged their records.",
            "Exit code 1 when there is damage; warnings alone are no damage. A running broker does not disturb it.",
            "JSON: {\"ok\",\"partitions\":[{\"partition\",\"segments\",\"batches\",\"records\",\"bytes\",\"first\",\"end\",",
            "  \"quarantined\",\"errors\",\"warnings\"}],\"findings\":[{\"severity\",\"file\",\"position\",\"what\"}]}"
        })
final class LogVerify extends Action {

    private static final long SAY_EVERY_NS = Duration.ofSeconds(5).toNanos();
    private static final int MAX_FINDINGS = 1000;

    @Parameters(paramLabel = "FOLDER", description = "A data folder, or the folder of one partition.")
    private Path path = Path.of("");

    @Option(names = "--records", description = "Also unpack and read every record.")
    private boolean deep;

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    private long totalBytes;
    private long doneBytes;
    private long saidNs = System.nanoTime();
    private long unlisted;

    /// What was found in one partition.
    private record Result(
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

    @Override
    int run() throws Exception {
        var partitions = PartitionFolder.under(path);
        for (var partition : partitions) {
            for (var segment : partition.segments()) totalBytes += sizeOf(segment);
        }
        var results = new ArrayList<Result>();
        var findings = new ArrayList<Finding>();
        for (var partition : partitions) results.add(check(partition, findings));

        boolean ok = results.stream().allMatch(result -> result.errors() == 0);
        if (json) printJson(ok, results, findings);
        else printText(results, findings);
        return ok ? Exit.OK : Exit.FAILED;
    }

    private Result check(PartitionFolder partition, List<Finding> all) throws Failure, IOException {
        var quarantine = QuarantinedOffsets.of(partition.path());
        var findings = new ArrayList<>(quarantine.findings());
        long batches = 0;
        long records = 0;
        long bytes = 0;
        long end = -1;
        int epoch = -1;
        Long first = null;
        for (var segment : partition.segments()) {
            boolean newest = segment.equals(partition.segments().getLast());
            SegmentCheck check;
            try {
                check = new SegmentCheck(segment, newest, deep, quarantine);
                findings.addAll(check.run(epoch));
            } catch (java.nio.file.NoSuchFileException e) {
                // A running broker drops old segments as their time comes.
                findings.add(Finding.warning(segment, -1, "was removed while the partition was checked"));
                continue;
            }
            if (end >= 0 && check.baseOffset() < end) {
                findings.add(Finding.error(segment, -1, "begins before the segment before it ends, at " + end));
            } else if (end >= 0 && check.baseOffset() > end && !quarantine.explains(end, check.baseOffset())) {
                findings.add(Finding.warning(
                        segment,
                        -1,
                        "nothing between offset " + end + " and this segment; normal in a compacted topic"));
            }
            if (first == null) first = check.baseOffset();
            end = Math.max(end, check.end());
            epoch = check.epoch();
            batches += check.batches();
            records += check.records();
            bytes += check.bytes();
            doneBytes += check.bytes();
            sayProgress(partition);
        }
        long errors =
                findings.stream().filter(f -> f.severity() == Severity.ERROR).count();
        for (var finding : findings) {
            if (all.size() < MAX_FINDINGS) all.add(finding);
            else unlisted++;
        }
        return new Result(
                partition.name(),
                partition.segments().size(),
                batches,
                records,
                bytes,
                first,
                Math.max(0, end),
                quarantine.count(),
                errors,
                findings.size() - errors);
    }

    private static long sizeOf(Path segment) throws IOException {
        return Files.exists(segment) ? Files.size(segment) : 0;
    }

    private void sayProgress(PartitionFolder partition) {
        if (System.nanoTime() - saidNs < SAY_EVERY_NS) return;
        saidNs = System.nanoTime();
        note("checked %s of %s, at %s".formatted(Sizes.of(doneBytes), Sizes.of(totalBytes), partition.name()));
    }

    private void printText(List<Result> results, List<Finding> findings) {
        var table = new Table("PARTITION", "SEGMENTS", "BATCHES", "RECORDS", "SIZE", "FIRST", "END", "RESULT");
        for (var result : results) {
            table.row(
                    result.partition(),
                    result.segments(),
                    result.batches(),
                    result.records(),
                    Sizes.of(result.bytes()),
                    result.first(),
                    result.end(),
                    verdict(result));
        }
        table.print(out(), surroundings().mayStyle());
        if (findings.isEmpty()) return;
        out().line("");
        var list = new Table("SEVERITY", "FILE", "POSITION", "FINDING");
        for (var finding : findings) {
            list.row(
                    finding.severity().name().toLowerCase(Locale.ROOT),
                    shown(finding.file()),
                    finding.position() < 0 ? null : finding.position(),
                    finding.what());
        }
        list.print(out(), surroundings().mayStyle());
        if (unlisted > 0) note("and " + Sizes.count(unlisted, "finding") + " more");
    }

    private static String verdict(Result result) {
        if (result.errors() > 0) return Sizes.count(result.errors(), "error");
        return result.warnings() > 0 ? Sizes.count(result.warnings(), "warning") : "ok";
    }

    /// `orders-0/00000000000000000000.log`
    private static String shown(Path file) {
        var absolute = file.toAbsolutePath().normalize();
        int names = absolute.getNameCount();
        return absolute.subpath(Math.max(0, names - 2), names).toString();
    }

    private void printJson(boolean ok, List<Result> results, List<Finding> findings) {
        out().line(Json.of(Json.object(
                "ok", ok,
                "partitions",
                        results.stream()
                                .map(result -> Json.object(
                                        "partition", result.partition(),
                                        "segments", result.segments(),
                                        "batches", result.batches(),
                                        "records", result.records(),
                                        "bytes", result.bytes(),
                                        "first", result.first(),
                                        "end", result.end(),
                                        "quarantined", result.quarantined(),
                                        "errors", result.errors(),
                                        "warnings", result.warnings()))
                                .toList(),
                "findings",
                        findings.stream()
                                .map(finding -> Json.object(
                                        "severity", finding.severity().name().toLowerCase(Locale.ROOT),
                                        "file", finding.file().toString(),
                                        "position", finding.position() < 0 ? null : finding.position(),
                                        "what", finding.what()))
                                .toList())));
    }
}
