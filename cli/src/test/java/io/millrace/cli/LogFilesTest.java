package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `log dump` and `log verify` on a partition of two segments: offsets 0 to 9 and 10 to 19, two records
/// a batch.
class LogFilesTest {

    private static final long TIME_MS = SegmentWriter.TIME_MS;
    private static final int BATCHES = SegmentWriter.BATCHES;
    private static final int PER_BATCH = SegmentWriter.PER_BATCH;

    @TempDir
    private Path data = Path.of("");

    private Path partition = Path.of("");
    private SegmentWriter log = new SegmentWriter(Path.of(""));

    @BeforeEach
    void write() throws IOException {
        partition = Files.createDirectory(data.resolve("orders-0"));
        log = new SegmentWriter(partition);
        Files.createDirectory(data.resolve("not a partition"));
        segment(0);
        segment(10);
    }

    private void segment(long base) throws IOException {
        log.segment(base);
    }

    private int position(long base, int batch) {
        return log.position(base, batch);
    }

    private static byte[] batch(long first, int epoch) {
        return SegmentWriter.batch(first, epoch);
    }

    private Path file(long base, String ending) {
        return log.file(base, ending);
    }

    private static CliRun verify(Path path) {
        return CliRun.of("log", "verify", path.toString(), "--records", "--json");
    }

    private CliRun damaged(String finding) {
        var run = verify(data).exits(Exit.FAILED);
        assertTrue(run.out().contains("\"severity\":\"error\""), run.out());
        assertTrue(run.out().contains(finding), run.out());
        return run;
    }

    private CliRun warned(String finding) {
        var run = verify(data).exits(Exit.OK);
        assertTrue(run.out().contains("\"severity\":\"warning\""), run.out());
        assertTrue(run.out().contains(finding), run.out());
        return run;
    }

    @Test
    void aSoundPartitionIsCountedAndFoundSound() {
        var tree = JsonTree.object(verify(data).exits(Exit.OK).out());
        assertEquals(true, tree.get("ok"));
        assertEquals(List.of(), tree.get("findings"));
        var found = JsonTree.objects(tree, "partitions").getFirst();
        assertEquals("orders-0", found.get("partition"));
        assertEquals(2L, found.get("segments"));
        assertEquals(10L, found.get("batches"));
        assertEquals(20L, found.get("records"));
        assertEquals(0L, found.get("first"));
        assertEquals(20L, found.get("end"));
        assertEquals(verify(data).out(), verify(partition).out());
    }

    @Test
    void aFlippedBitInAnyRecordIsFoundAndNamedByItsPlace() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var sound = Files.readAllBytes(file(0, ".log"));
        for (int i = 0; i < 60; i++) {
            int batch = random.nextInt(BATCHES);
            int from = position(0, batch) + 17; // The checksum and what it covers.
            int until = batch + 1 < BATCHES ? position(0, batch + 1) : sound.length;
            var bytes = sound.clone();
            int at = from + random.nextInt(until - from);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file(0, ".log"), bytes);
            var run = verify(data);
            assertEquals(Exit.FAILED, run.exit(), "seed " + seed + ", byte " + at + ": " + run.out());
            assertTrue(run.out().contains("\"position\":" + position(0, batch)), "seed " + seed + ": " + run.out());
            var dump = CliRun.of("log", "dump", file(0, ".log").toString());
            assertEquals(Exit.FAILED, dump.exit(), "seed " + seed);
            assertTrue(dump.lines().get(batch + 1).endsWith("CORRUPT"), "seed " + seed + ": " + dump.out());
        }
    }

    @Test
    void aBatchWhoseLastOffsetIsNegativeByDamageIsDumpedAsCorrupt() throws IOException {
        var bytes = Files.readAllBytes(file(0, ".log"));
        bytes[position(0, 1) + 23] ^= (byte) 0x80; // The sign of the last offset's delta.
        Files.write(file(0, ".log"), bytes);
        var dump = CliRun.of("log", "dump", file(0, ".log").toString());
        assertEquals(Exit.FAILED, dump.exit());
        assertTrue(dump.lines().get(2).endsWith("CORRUPT"), dump.out());
    }

    @Test
    void anyBytesAreCheckedWithoutAccident() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            for (var ending : List.of(".log", ".index", ".timeindex")) {
                var file = file(0, ending);
                var bytes = Files.readAllBytes(file);
                for (int flips = random.nextInt(4); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                Files.write(file, bytes);
            }
            var run = verify(data);
            assertTrue(run.exit() == Exit.OK || run.exit() == Exit.FAILED, "seed " + seed + ": " + run.err());
            assertFalse(run.err().contains("unexpected"), "seed " + seed + ": " + run.err());
            for (var flags : List.of("--records", "--json")) {
                var dump = CliRun.of("log", "dump", partition.toString(), flags);
                assertTrue(dump.exit() == Exit.OK || dump.exit() == Exit.FAILED, "seed " + seed + ": " + dump.err());
                assertFalse(dump.err().contains("unexpected"), "seed " + seed + ": " + dump.err());
            }
            segment(0);
        }
    }

    @Test
    void aPartialBatchAtTheEndOfTheNewestSegmentIsAWarning() throws IOException {
        Files.write(file(10, ".log"), new byte[] {0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 1}, StandardOpenOption.APPEND);
        warned("11 B after the last whole batch");
    }

    @Test
    void theSameInAnOlderSegmentIsDamage() throws IOException {
        Files.write(file(0, ".log"), new byte[] {0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 1}, StandardOpenOption.APPEND);
        damaged("11 B after the last whole batch");
    }

    @Test
    void zerosAfterTheLastBatchAreCalledZeros() throws IOException {
        Files.write(file(10, ".log"), new byte[10], StandardOpenOption.APPEND);
        warned("zeros after the last batch");
    }

    @Test
    void offsetsThatGoBackAreDamage() throws IOException {
        Files.write(file(10, ".log"), batch(14, 0), StandardOpenOption.APPEND);
        damaged("offset 14 comes after offset 19");
    }

    @Test
    void anEpochThatGoesBackIsDamage() throws IOException {
        Files.write(file(10, ".log"), batch(20, 7), StandardOpenOption.APPEND);
        Files.write(file(10, ".log"), batch(22, 3), StandardOpenOption.APPEND);
        damaged("leader epoch 3 comes after 7");
    }

    @Test
    void aGapIsAWarningSinceCompactionLeavesThem() throws IOException {
        Files.write(file(10, ".log"), batch(30, 0), StandardOpenOption.APPEND);
        warned("1 gap in its offsets, the first from 20 to 30");
    }

    @Test
    void aMissingSegmentIsAWarningAndAnOverlapIsDamage() throws IOException {
        segment(40);
        warned("nothing between offset 20 and this segment");
        segment(15);
        damaged("begins before the segment before it ends, at 20");
    }

    /// As a broker leaves a partition after it has mended it: the damaged batches are gone from
    /// their segments.
    @Test
    void whatIsInQuarantineIsNamedAndNoGap() throws IOException {
        var bytes = Files.readAllBytes(file(0, ".log"));
        var damaged = Arrays.copyOfRange(bytes, position(0, 1), position(0, 2));
        var mended = Arrays.copyOf(bytes, position(0, 4) - damaged.length);
        System.arraycopy(bytes, position(0, 2), mended, position(0, 1), position(0, 4) - position(0, 2));
        Files.write(file(0, ".log"), mended);
        Files.write(file(2, ".quarantined"), damaged);
        Files.delete(file(0, ".index"));
        Files.delete(file(0, ".timeindex"));
        Files.writeString(partition.resolve("quarantined-offset-checkpoint"), "0\n2\n2 4\n8 10\n");
        var run = damaged("the records of offsets 2 to 3 are in quarantine: they were damaged or missing on the disk; "
                + "what is left of them is in 00000000000000000002.quarantined");
        assertTrue(run.out().contains("the records of offsets 8 to 9 are in quarantine"), run.out());
        assertFalse(run.out().contains("gap"), run.out());
        assertFalse(run.out().contains("nothing between"), run.out());
        var found = JsonTree.objects(JsonTree.object(run.out()), "partitions").getFirst();
        assertEquals(4L, found.get("quarantined"));
        assertEquals(2L, found.get("errors"));
        assertEquals(20L, found.get("end"));

        Files.writeString(partition.resolve("quarantined-offset-checkpoint"), "0\n1\n2 4\n");
        run = damaged("the records of offsets 2 to 3 are in quarantine");
        assertTrue(run.out().contains("nothing between offset 8 and this segment"), run.out());
        Files.writeString(partition.resolve("quarantined-offset-checkpoint"), "0\n1\n2 x\n");
        damaged("cannot be read: which records are in quarantine is not known");
    }

    @Test
    void anIndexThatDoesNotFitTheLogIsDamage() throws IOException {
        Files.write(
                file(0, ".index"),
                ByteBuffer.allocate(8).putInt(5).putInt(position(0, 2) + 1).array());
        damaged("where no batch begins");
        Files.write(
                file(0, ".index"),
                ByteBuffer.allocate(8).putInt(1).putInt(position(0, 2)).array());
        damaged("points at the batch of 4");
        Files.write(
                file(0, ".index"),
                ByteBuffer.allocate(8).putInt(5).putInt(1 << 20).array());
        damaged("past the end of the log");
        Files.write(file(0, ".index"), new byte[5]);
        damaged("no whole number of entries");
    }

    @Test
    void aTimeIndexThatDoesNotFitTheLogIsDamage() throws IOException {
        Files.write(
                file(0, ".timeindex"),
                ByteBuffer.allocate(12).putLong(TIME_MS + 1).putInt(5).array());
        damaged("a record before it is of");
        Files.write(
                file(0, ".timeindex"),
                ByteBuffer.allocate(12).putLong(TIME_MS + 99).putInt(5).array());
        damaged("later than every record");
    }

    @Test
    void aMissingIndexIsAWarning() throws IOException {
        Files.delete(file(0, ".index"));
        warned("is missing; a broker makes it anew");
    }

    @Test
    void aDumpShowsBatchesRecordsAndIndexes() {
        var text = CliRun.of("log", "dump", partition.toString(), "--records").exits(Exit.OK);
        assertEquals(2 + 2 * BATCHES * (1 + PER_BATCH), text.lines().size(), text.out());
        assertTrue(text.lines().get(1).startsWith("0..1 count=2 position=0 size="), text.out());
        assertEquals(
                "  0 2023-11-14T22:13:20.000Z key=\"k0\" value=\"value\"",
                text.lines().get(2));

        var json = CliRun.of("log", "dump", partition.toString(), "--json", "--records", "--from", "13", "--max", "1");
        var batch = JsonTree.object(json.exits(Exit.OK).out());
        assertEquals(12L, batch.get("first"));
        assertEquals(13L, batch.get("last"));
        assertEquals("gzip", batch.get("codec"));
        assertEquals(true, batch.get("valid"));
        assertEquals("k13", JsonTree.objects(batch, "records").getLast().get("key"));

        assertEquals(
                List.of("15 position=" + position(10, 2)),
                CliRun.of("log", "dump", file(10, ".index").toString())
                        .exits(Exit.OK)
                        .lines());
        assertEquals(
                List.of("2023-11-14T22:13:20.015Z offset=15"),
                CliRun.of("log", "dump", file(10, ".timeindex").toString())
                        .exits(Exit.OK)
                        .lines());
    }

    @Test
    void whatIsNoLogIsRefused(@TempDir Path empty) throws IOException {
        CliRun.of("log", "verify", empty.toString()).exits(Exit.NOT_FOUND);
        CliRun.of("log", "verify", empty.resolve("x").toString()).exits(Exit.NOT_FOUND);
        CliRun.of("log", "verify", file(0, ".index").toString()).exits(Exit.USAGE);
        CliRun.of("log", "dump", empty.resolve("x").toString()).exits(Exit.NOT_FOUND);
        CliRun.of("log", "dump", Files.writeString(empty.resolve("a.txt"), "x").toString())
                .exits(Exit.USAGE);
        CliRun.of(
                        "log",
                        "dump",
                        Files.writeString(empty.resolve("a.index"), "x").toString())
                .exits(Exit.USAGE);
        CliRun.of("log", "dump", data.toString()).exits(Exit.USAGE);
    }
}
