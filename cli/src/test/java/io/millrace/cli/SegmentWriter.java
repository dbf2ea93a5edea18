package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Writes the files of a partition: segments of five batches, two records each.
final class SegmentWriter {

    static final long TIME_MS = 1_700_000_000_000L;
    static final int BATCHES = 5;
    static final int PER_BATCH = 2;

    private final Path partition;
    private final Map<Long, List<Integer>> positions = new HashMap<>();

    SegmentWriter(Path partition) {
        this.partition = partition;
    }

    /// Writes a segment whose indexes have an entry for its third batch.
    void segment(long base) throws IOException {
        var begins = new ArrayList<Integer>();
        positions.put(base, begins);
        var log = new java.io.ByteArrayOutputStream();
        for (int b = 0; b < BATCHES; b++) {
            begins.add(log.size());
            long first = base + (long) b * PER_BATCH;
            log.write(batch(first, 0));
        }
        Files.write(file(base, ".log"), log.toByteArray());
        var index = ByteBuffer.allocate(16)
                .putInt(5)
                .putInt(begins.get(2))
                .putInt(0)
                .putInt(0);
        Files.write(file(base, ".index"), index.array());
        long newest = TIME_MS + base + 5;
        Files.write(
                file(base, ".timeindex"),
                ByteBuffer.allocate(12).putLong(newest).putInt(5).array());
    }

    int position(long base, int batch) {
        return Objects.requireNonNull(positions.get(base)).get(batch);
    }

    static byte[] batch(long first, int epoch) {
        var buffer = ByteBuffer.allocate(1024);
        var compression = Compression.of(CompressionType.GZIP).build();
        try (var builder = MemoryRecords.builder(
                buffer,
                RecordBatch.CURRENT_MAGIC_VALUE,
                compression,
                TimestampType.CREATE_TIME,
                first,
                -1,
                -1,
                (short) -1,
                -1,
                false,
                epoch)) {
            for (int i = 0; i < PER_BATCH; i++) {
                builder.append(new SimpleRecord(
                        TIME_MS + first + i, ("k" + (first + i)).getBytes(UTF_8), "value".getBytes(UTF_8)));
            }
            var bytes = builder.build().buffer();
            var copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        }
    }

    Path file(long base, String ending) {
        return partition.resolve("%020d%s".formatted(base, ending));
    }
}
