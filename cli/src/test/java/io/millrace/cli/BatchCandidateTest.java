package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What cannot be a batch is not read to find that out.
class BatchCandidateTest {

    private static final int LENGTH_AT = 8;
    private static final int CRC_AT = 17;
    private static final int CRC_FROM = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int COUNT_AT = 57;

    private static boolean mayBegin(ByteBuffer bytes) {
        return BatchCandidate.mayBeginAt(bytes, 0);
    }

    private static ByteBuffer batch(long first) {
        return ByteBuffer.wrap(SegmentWriter.batch(first, 0));
    }

    @Test
    void aHeaderMustMakeSense() {
        assertTrue(mayBegin(batch(12)));
        assertTrue(mayBegin(batch(12).putInt(LENGTH_AT, BatchCandidate.MAX_BYTES - LENGTH_AT - Integer.BYTES)));
        assertFalse(mayBegin(batch(12).putInt(LENGTH_AT, BatchCandidate.MAX_BYTES)));
        assertFalse(mayBegin(batch(12).putInt(LENGTH_AT, -1)));
        assertFalse(mayBegin(batch(12).putLong(0, -1)));
        assertFalse(mayBegin(batch(12).putInt(LAST_OFFSET_DELTA_AT, -1)));
        assertFalse(mayBegin(batch(12).putInt(COUNT_AT, 1 << 20)));
        assertFalse(mayBegin(batch(12).putInt(COUNT_AT, -1)));
    }

    /// The second of four batches is damaged, and the third says that it has more records than bytes.
    @Test
    void whatIsNoCandidateIsPassedOverBehindDamage(@TempDir Path data) throws IOException {
        var damaged = batch(2).putInt(LENGTH_AT, -1);
        var boasting = SegmentWriter.batch(4, 0);
        var boasts = ByteBuffer.wrap(boasting).putInt(COUNT_AT, 1 << 20);
        var crc = new CRC32C();
        crc.update(boasting, CRC_FROM, boasting.length - CRC_FROM);
        boasts.putInt(CRC_AT, (int) crc.getValue());
        var partition = Files.createDirectory(data.resolve("orders-0"));
        var log = partition.resolve("%020d.log".formatted(0));
        var bytes = ByteBuffer.allocate(4 * damaged.capacity() + 16);
        bytes.put(batch(0)).put(damaged).put(boasts).put(batch(6));
        Files.write(log, Arrays.copyOf(bytes.array(), bytes.position()));

        var verified = CliRun.of("log", "verify", log.toString(), "--json").exits(Exit.FAILED);
        assertTrue(verified.out().contains("the records of offsets 2 to 5 are lost"), verified.out());
        var dumped = CliRun.of("log", "dump", log.toString()).exits(Exit.FAILED).lines();
        assertEquals(4, dumped.size(), dumped::toString);
        assertTrue(dumped.getLast().startsWith("6..7 "), dumped::toString);
    }
}
