package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `log verify` makes of one damaged place, and of offsets that are not there: offsets 0 to 9, 10 to
/// 19 and 20 to 29, a segment each, two records a batch.
class LogDamageTest {

    private static final int EPOCH_AT = 12;
    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;

    @TempDir
    private Path data = Path.of("");

    private Path partition = Path.of("");
    private SegmentWriter log = new SegmentWriter(Path.of(""));

    @BeforeEach
    void write() throws IOException {
        partition = Files.createDirectory(data.resolve("orders-0"));
        log = new SegmentWriter(partition);
        for (long base : List.of(0L, 10L, 20L)) log.segment(base);
    }

    private Map<?, ?> verify(Path path, int exit) {
        var run = CliRun.of("log", "verify", path.toString(), "--records", "--json");
        return JsonTree.object(run.exits(exit).out());
    }

    /// The only finding, as text: `error 156 what`.
    private String only(Path path, int exit) {
        var findings = JsonTree.objects(verify(path, exit), "findings");
        assertEquals(1, findings.size(), findings::toString);
        var one = findings.getFirst();
        return "%s %s %s".formatted(one.get("severity"), one.get("position"), one.get("what"));
    }

    private @Nullable Object found(String field) {
        return JsonTree.objects(verify(data, Exit.FAILED), "partitions")
                .getFirst()
                .get(field);
    }

    private void baseOffset(long segment, int batch, long value) throws IOException {
        change(segment, log.position(segment, batch), longBytes(value));
    }

    private void change(long segment, int position, byte... by) throws IOException {
        var bytes = Files.readAllBytes(log.file(segment, ".log"));
        System.arraycopy(by, 0, bytes, position, by.length);
        Files.write(log.file(segment, ".log"), bytes);
    }

    private static byte[] intBytes(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static byte[] longBytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /// Takes batches out of a segment, and its indexes with them.
    private void without(long segment, int from, int until) throws IOException {
        var bytes = Files.readAllBytes(log.file(segment, ".log"));
        int rest = until < SegmentWriter.BATCHES ? log.position(segment, until) : bytes.length;
        var left = Arrays.copyOf(bytes, log.position(segment, from) + bytes.length - rest);
        System.arraycopy(bytes, rest, left, log.position(segment, from), bytes.length - rest);
        Files.write(log.file(segment, ".log"), left);
        Files.write(log.file(segment, ".index"), new byte[0]);
        Files.write(log.file(segment, ".timeindex"), new byte[0]);
    }

    private void quarantined(String ranges) throws IOException {
        long count = ranges.lines().count();
        Files.writeString(partition.resolve("quarantined-offset-checkpoint"), "0\n%d\n%s\n".formatted(count, ranges));
    }

    private void beginsAt(long offset) throws IOException {
        noted("log-start-offset-checkpoint", offset);
    }

    @Test
    void aBaseOffsetThatIsTooLargeIsOneFindingAndMovesNothing() throws IOException {
        for (long base : List.of(0L, 10L, 20L)) {
            for (int batch = 0; batch < (base == 20 ? 4 : 5); batch++) {
                long first = base + 2L * batch;
                for (long wrong : List.of(first | 1L << 62, first | 1L << 20, first + 5)) {
                    baseOffset(base, batch, wrong);
                    var said = only(data, Exit.FAILED);
                    assertTrue(said.startsWith("error " + log.position(base, batch) + " the batch is corrupt"), said);
                    assertTrue(said.contains("it says that it begins at offset " + wrong), said);
                    assertTrue(
                            said.endsWith("the records of offsets %d to %d are lost".formatted(first, first + 1)),
                            said);
                    assertEquals(30L, found("end"));
                    assertEquals(28L, found("records"));
                }
                log.segment(base);
            }
        }
    }

    @Test
    void aBaseOffsetThatIsTooSmallIsOneFinding() throws IOException {
        baseOffset(10, 2, 2);
        var said = only(data, Exit.FAILED);
        assertTrue(said.contains("offset 2 comes after offset 13; the records of offsets 14 to 15 are lost"), said);
        baseOffset(10, 0, 2);
        baseOffset(10, 2, 14);
        said = only(data, Exit.FAILED);
        assertTrue(said.contains("offset 2 comes before the segment begins, at 10"), said);
        assertEquals(30L, found("end"));
    }

    @Test
    void theLastBatchOfAllDoesNotMoveTheEndToWhereNoSegmentReaches() throws IOException {
        baseOffset(20, 4, 28 | 1L << 40);
        var said = only(data, Exit.FAILED);
        assertTrue(said.contains("beyond what a segment from 20 on can hold; what is lost begins at offset 28"), said);
        assertEquals(28L, found("end"));
    }

    @Test
    void aDamagedLengthHidesNothingBehindIt() throws IOException {
        for (int length : List.of(0, 3, 60, 1 << 20, -1)) {
            change(20, log.position(20, 1) + LENGTH_AT, intBytes(length));
            var said = only(data, Exit.FAILED);
            assertTrue(said.startsWith("error " + log.position(20, 1)), said);
            assertTrue(said.endsWith("the records of offsets 22 to 23 are lost"), said);
            assertEquals(30L, found("end"));
            assertEquals(28L, found("records"));
        }
    }

    private void noted(String checkpoint, long offset) throws IOException {
        Files.writeString(data.resolve(checkpoint), "0\n2\norders 1 99\norders 0 " + offset + "\n");
    }

    /// The same bytes may be what a write left that did not finish: only the broker knows what it promised.
    @Test
    void theLastBatchIsLostWhereItWasPromisedAndElseMayBeUnfinished() throws IOException {
        int last = log.position(20, 4);
        for (int at : new int[] {last + LENGTH_AT, last + MAGIC_AT}) {
            log.segment(20);
            change(20, at, (byte) 0x40);
            for (var checkpoint : List.of("durable-offset-checkpoint", "recovery-point-offset-checkpoint")) {
                noted(checkpoint, 28);
                var unfinished = only(data, Exit.OK);
                assertTrue(unfinished.startsWith("warning " + last + " "), unfinished);
                assertTrue(unfinished.contains("if they were never acknowledged, a broker cuts them off"), unfinished);
                noted(checkpoint, 30);
                var lost = only(data, Exit.FAILED);
                assertTrue(lost.startsWith("error " + last + " "), lost);
                assertTrue(lost.endsWith("what is lost begins at offset 28"), lost);
                beginsAt(30);
                only(data, Exit.OK);
                beginsAt(0);
                Files.delete(data.resolve(checkpoint));
            }
        }
    }

    /// The newest record that the time index speaks of may have been in the damaged batch.
    @Test
    void damageIsRememberedWhenAnUnfinishedWriteFollows() throws IOException {
        var newest = ByteBuffer.allocate(12).putLong(SegmentWriter.TIME_MS + 99).putInt(5);
        Files.write(log.file(20, ".timeindex"), newest.array());
        change(20, log.position(20, 2) + 40, intBytes(77));
        Files.write(log.file(20, ".log"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        var findings = JsonTree.objects(verify(data, Exit.FAILED), "findings");
        assertEquals(2, findings.size(), findings::toString);
        assertEquals("warning", findings.getLast().get("severity"));
    }

    @Test
    void aDamagedFormatNumberIsDamageAndNoOldFormat() throws IOException {
        for (byte magic : new byte[] {0, 1, 3, 6}) {
            change(10, log.position(10, 3) + MAGIC_AT, magic);
            assertTrue(only(data, Exit.FAILED).endsWith("the records of offsets 16 to 17 are lost"));
        }
    }

    @Test
    void aDamagedEpochIsOneFinding() throws IOException {
        change(10, log.position(10, 1) + EPOCH_AT, intBytes(1 << 20));
        assertTrue(only(data, Exit.FAILED).contains("leader epoch 0 comes after 1048576"));
    }

    @Test
    void twoDamagedBatchesSideBySideAreOneFinding() throws IOException {
        baseOffset(10, 2, 14 | 1L << 40);
        change(10, log.position(10, 3) + 40, intBytes(77));
        assertTrue(only(data, Exit.FAILED).endsWith("the records of offsets 14 to 17 are lost"));
        assertEquals(30L, found("end"));
    }

    @Test
    void damageAtTheEndOfASegmentReachesToTheNextOne() throws IOException {
        change(10, log.position(10, 4) + 40, intBytes(77));
        assertTrue(only(data, Exit.FAILED).endsWith("the records of offsets 18 to 19 are lost"));
    }

    @Test
    void whatIsMissingIsNormalWhereNothingIsDamaged() throws IOException {
        without(10, 2, 3);
        assertEquals(
                "warning null 1 gap in its offsets, the first from 14 to 16; normal in a compacted topic",
                only(data, Exit.OK));
    }

    @Test
    void whatIsMissingBesideAQuarantinedRangeIsLost() throws IOException {
        without(10, 1, 4);
        quarantined("14 16");
        var findings = JsonTree.objects(verify(data, Exit.FAILED), "findings");
        assertEquals(2, findings.size(), findings::toString);
        assertEquals(
                "nothing at offsets 12 to 17, beside what is in quarantine: they are lost too",
                findings.getLast().get("what"));
        assertEquals("error", findings.getLast().get("severity"));

        without(20, 0, 5);
        Files.delete(log.file(20, ".log"));
        log.segment(30);
        quarantined("12 18\n20 24");
        var all = verify(data, Exit.FAILED).toString();
        assertTrue(all.contains("nothing at offsets 20 to 29, beside what is in quarantine: they are lost too"), all);
    }

    @Test
    void whatLiesBeforeTheStartOfTheLogIsNotMissing() throws IOException {
        without(10, 2, 3);
        change(0, log.position(0, 1) + 40, intBytes(77));
        quarantined("2 4");
        assertEquals(3, JsonTree.objects(verify(data, Exit.FAILED), "findings").size());
        beginsAt(16);
        var tree = verify(data, Exit.OK);
        assertEquals(List.of(), tree.get("findings"));
        var found = JsonTree.objects(tree, "partitions").getFirst();
        assertEquals(16L, found.get("first"));
        assertEquals(0L, found.get("quarantined"));
        beginsAt(15);
        assertTrue(only(data, Exit.OK).contains("the first from 15 to 16"));
        Files.writeString(data.resolve("log-start-offset-checkpoint"), "nonsense");
        assertEquals(3, JsonTree.objects(verify(data, Exit.FAILED), "findings").size());
    }

    @Test
    void oneSegmentIsCheckedAlone() throws IOException {
        change(0, log.position(0, 1) + 40, intBytes(77));
        without(20, 2, 3);
        quarantined("2 4\n14 16\n24 26");
        var tree = verify(log.file(10, ".log"), Exit.FAILED);
        assertEquals(1, JsonTree.objects(tree, "findings").size(), tree::toString);
        assertTrue(tree.toString().contains("the records of offsets 14 to 15 are in quarantine"), tree::toString);
        var found = JsonTree.objects(tree, "partitions").getFirst();
        assertEquals("orders-0", found.get("partition"));
        assertEquals(List.of(1L, 10L, 20L), List.of(found.get("segments"), found.get("first"), found.get("end")));

        var newest = verify(log.file(20, ".log"), Exit.FAILED);
        assertEquals(1, JsonTree.objects(newest, "findings").size(), newest::toString);
        Files.write(log.file(10, ".log"), new byte[7], StandardOpenOption.APPEND);
        verify(log.file(10, ".log"), Exit.FAILED);
        Files.writeString(data.resolve("mine.log"), "");
        CliRun.of("log", "verify", data.resolve("mine.log").toString()).exits(Exit.USAGE);
    }

    /// What a broker sets aside: a batch with a wrong checksum, one that is whole but not where it says, a
    /// part of one, and bytes that are nothing.
    @Test
    void whatWasSetAsideIsDumpedAsFarAsItCanBe() throws IOException {
        var aside = partition.resolve("%020d.quarantined".formatted(12));
        var damaged = SegmentWriter.batch(12, 0);
        damaged[40] ^= 1;
        var moved = SegmentWriter.batch(4711, 0);
        var cut = Arrays.copyOfRange(SegmentWriter.batch(16, 0), 20, 90);
        var bytes = ByteBuffer.allocate(damaged.length + moved.length + cut.length + 100 + moved.length + 50)
                .put(damaged)
                .put(moved)
                .put(cut)
                .put(new byte[100])
                .put(SegmentWriter.batch(18, 0));
        Files.write(aside, bytes.array());
        var text = CliRun.of("log", "dump", aside.toString(), "--records").exits(Exit.FAILED);
        var lines = text.lines();
        assertTrue(lines.get(1).startsWith("12..13 ") && lines.get(1).endsWith(" CORRUPT"), text.out());
        assertTrue(lines.get(2).startsWith("4711..4712 ") && lines.get(2).endsWith(" whole"), text.out());
        assertTrue(lines.get(3).contains("k4711"), text.out());
        assertEquals(
                "no batch position=%d size=170 CORRUPT".formatted(damaged.length + moved.length),
                lines.get(5),
                text.out());
        assertTrue(lines.get(6).startsWith("18..19 ") && lines.get(6).endsWith(" whole"), text.out());
        assertTrue(lines.getLast().matches("no batch .* CORRUPT"), text.out());

        var json = CliRun.of("log", "dump", aside.toString(), "--json")
                .exits(Exit.FAILED)
                .lines();
        assertEquals(
                List.of(false, true, false, true, false),
                json.stream().map(line -> JsonTree.object(line).get("valid")).toList());
    }

    @Test
    void aDumpGoesOnBehindADamagedLength() throws IOException {
        for (int length : List.of(0, 60, 110, 1 << 20)) {
            change(10, log.position(10, 1) + LENGTH_AT, intBytes(length));
            var run = CliRun.of("log", "dump", log.file(10, ".log").toString()).exits(Exit.FAILED);
            assertTrue(run.lines().get(2).endsWith(" CORRUPT"), run.out());
            assertTrue(run.lines().get(3).startsWith("14..15 "), run.out());
            assertEquals(6, run.lines().size(), run.out());
        }
    }

    /// A checksum that is right says nothing of what a producer put there.
    @Test
    void recordsThatCannotBeUnpackedStopNothing() throws IOException {
        var batch = SegmentWriter.batch(12, 0);
        batch[61] ^= 1; // Where the compressed bytes begin.
        var crc = new CRC32C();
        crc.update(batch, 21, batch.length - 21);
        change(10, log.position(10, 1), batch);
        change(10, log.position(10, 1) + 17, intBytes((int) crc.getValue()));
        assertTrue(only(data, Exit.FAILED).contains("its records cannot be read"));
        for (var flag : List.of("--full", "--json")) {
            var run = CliRun.of("log", "dump", partition.toString(), "--records", flag)
                    .exits(Exit.FAILED);
            var said = "the records of the batch at position %d cannot be read".formatted(log.position(10, 1));
            assertTrue(run.err().contains(said), run.err());
            assertTrue(run.out().contains("k29"), run.out());
        }
    }
}
