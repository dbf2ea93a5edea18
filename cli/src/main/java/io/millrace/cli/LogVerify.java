package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace log verify PATH`
@Command(
        name = "verify",
        description = "Check every batch of a segment, of a partition, or of all partitions in a data folder. Changes"
                + " nothing.",
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

    @Parameters(paramLabel = "PATH", description = "A data folder, the folder of one partition, or a .log file in it.")
    private Path path = Path.of("");

    @Option(names = "--records", description = "Also unpack and read every record.")
    private boolean deep;

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    private long totalBytes;
    private long doneBytes;
    private long saidNs = System.nanoTime();
    private long unlisted;

    @Override
    int run() throws Exception {
        var partitions = Files.isRegularFile(path)
                ? List.of(PartitionFolder.around(segment(path)))
                : PartitionFolder.under(path);
        for (var partition : partitions) {
            for (var segment : partition.chosen()) totalBytes += sizeOf(segment);
        }
        var results = new ArrayList<PartitionCheck.Result>();
        var findings = new ArrayList<Finding>();
        for (var partition : partitions) results.add(check(partition, findings));

        boolean ok = results.stream().allMatch(result -> result.errors() == 0);
        if (json) printJson(ok, results, findings);
        else printText(results, findings);
        return ok ? Exit.OK : Exit.FAILED;
    }

    private static Path segment(Path file) throws Failure {
        if (file.getFileName().toString().endsWith(".log")) return file;
        throw new Failure(
                Exit.USAGE,
                file + " is no segment of a log",
                "name a .log file or a folder; other files are printed by: millrace log dump " + file);
    }

    private PartitionCheck.Result check(PartitionFolder partition, List<Finding> all) throws Failure, IOException {
        var check = new PartitionCheck(partition, deep);
        for (var segment : partition.chosen()) {
            doneBytes += check.check(segment);
            sayProgress(partition);
        }
        for (var finding : check.findings()) {
            if (all.size() < MAX_FINDINGS) all.add(finding);
            else unlisted++;
        }
        return check.result();
    }

    private static long sizeOf(Path segment) throws IOException {
        return Files.exists(segment) ? Files.size(segment) : 0;
    }

    private void sayProgress(PartitionFolder partition) {
        if (System.nanoTime() - saidNs < SAY_EVERY_NS) return;
        saidNs = System.nanoTime();
        note("checked %s of %s, at %s".formatted(Sizes.of(doneBytes), Sizes.of(totalBytes), partition.name()));
    }

    private void printText(List<PartitionCheck.Result> results, List<Finding> findings) {
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

    private static String verdict(PartitionCheck.Result result) {
        if (result.errors() > 0) return Sizes.count(result.errors(), "error");
        return result.warnings() > 0 ? Sizes.count(result.warnings(), "warning") : "ok";
    }

    /// `orders-0/00000000000000000000.log`
    private static String shown(Path file) {
        var absolute = file.toAbsolutePath().normalize();
        int names = absolute.getNameCount();
        return absolute.subpath(Math.max(0, names - 2), names).toString();
    }

    private void printJson(boolean ok, List<PartitionCheck.Result> results, List<Finding> findings) {
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
