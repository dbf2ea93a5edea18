package io.millrace.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace log dump PATH`
@Command(
        name = "dump",
        description = "Print the batches of a segment, or of a partition's folder; or the entries of an index file.",
        footer = {
            "",
            "A damaged batch is marked CORRUPT. In a .quarantined file, which a broker keeps of what the disk damaged,",
            "batches that are not are marked whole.",
            "JSON, one object per batch: {\"file\",\"position\",\"sizeBytes\",\"first\",\"last\",\"count\",\"epoch\",",
            "  \"producerId\",\"producerEpoch\",\"sequence\",\"codec\",\"timestampType\",\"maxTimestamp\",",
            "  \"transactional\",\"control\",\"crc\",\"valid\"}, with --records also",
            "  \"records\":[{\"offset\",\"timestamp\",\"key\",\"value\",\"headers\"}]."
        })
final class LogDump extends Action {

    private static final int SHORT = 80;

    @Parameters(
            paramLabel = "PATH",
            description = "A .log, .quarantined, .index or .timeindex file, or a partition's folder.")
    private Path path = Path.of("");

    @Option(names = "--records", description = "Also print the records of each batch.")
    private boolean withRecords;

    @Option(names = "--full", description = "Do not shorten keys and values.")
    private boolean full;

    @Option(names = "--from", paramLabel = "OFFSET", description = "Begin with the batch that holds this offset.")
    private long from;

    @Option(names = "--max", paramLabel = "N", description = "End after N batches.")
    private long max = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print one JSON object per line instead of text.")
    private boolean json;

    private long dumped;

    @Override
    int run() throws Exception {
        if (!Files.exists(path)) throw Failure.notFound("no such file or folder: " + path, null);
        if (Files.isDirectory(path)) return dumpFolder();
        var name = path.getFileName().toString();
        if (name.endsWith(".index"))
            return dumpIndex(IndexEntries.offsets(path, PartitionFolder.baseOffset(path)), true);
        if (name.endsWith(".timeindex")) {
            return dumpIndex(IndexEntries.times(path, PartitionFolder.baseOffset(path)), false);
        }
        if (name.endsWith(".log") || isAside(path)) return dumpSegment(path);
        throw new Failure(
                Exit.USAGE,
                path + " is neither a log nor an index",
                "files end with .log, .index, .timeindex, or " + QuarantinedOffsets.ASIDE);
    }

    private int dumpFolder() throws Failure, IOException {
        var partitions = PartitionFolder.under(path);
        if (partitions.size() > 1 || !partitions.getFirst().path().equals(path)) {
            throw new Failure(
                    Exit.USAGE,
                    path + " holds " + Sizes.count(partitions.size(), "partition"),
                    "name one of them, such as " + partitions.getFirst().path());
        }
        int worst = Exit.OK;
        for (var segment : partitions.getFirst().segments()) worst = Math.max(worst, dumpSegment(segment));
        return worst;
    }

    private int dumpSegment(Path segment) throws IOException {
        if (!json) out().line("# " + segment);
        try (var log = FileRecords.open(segment.toFile(), false)) {
            var pieces = new Pieces(segment, log.sizeInBytes());
            new LooseBatches(log, pieces).run();
            return pieces.allWhole ? Exit.OK : Exit.FAILED;
        }
    }

    /// Prints what is found in a file.
    private final class Pieces implements LooseBatches.Listener {

        private final Path file;
        private final long size;
        private final boolean isAside;
        private boolean allWhole = true;

        Pieces(Path file, long size) {
            this.file = file;
            this.size = size;
            this.isAside = isAside(file);
        }

        @Override
        public boolean batch(FileChannelRecordBatch batch, boolean isWhole) {
            if (dumped >= max) return false;
            if (endsBefore(from, batch)) return true;
            dumped++;
            allWhole &= isWhole;
            try {
                dump(batch, isWhole);
            } catch (RuntimeException e) {
                // The decoders of a foreign library: whatever they throw, these records cannot be read.
                allWhole = false;
                note("%s: the records of the batch at position %d cannot be read: %s"
                        .formatted(file, batch.position(), Explain.said(e)));
            }
            return true;
        }

        private void dump(FileChannelRecordBatch batch, boolean isWhole) {
            if (batch.magic() != RecordBatch.MAGIC_VALUE_V2) dumpOld(file, batch);
            else if (json) dumpJson(file, batch, isWhole);
            else dumpText(batch, isWhole, isAside ? " whole" : "");
        }

        @Override
        public boolean bytes(long fromBytes, long toBytes) {
            if (dumped >= max) return false;
            if (toBytes == size && !isAside) {
                note("%s: %s after the last whole batch, at position %d"
                        .formatted(file, Sizes.of(size - fromBytes), fromBytes));
                return true;
            }
            dumped++;
            allWhole = false;
            dumpBytes(file, fromBytes, toBytes - fromBytes);
            return true;
        }
    }

    private static boolean isAside(Path file) {
        return file.getFileName().toString().endsWith(QuarantinedOffsets.ASIDE);
    }

    private void dumpBytes(Path file, long position, long size) {
        if (json) {
            out().line(Json.of(
                    Json.object("file", file.toString(), "position", position, "sizeBytes", size, "valid", false)));
        } else {
            out().line("no batch position=%d size=%d CORRUPT".formatted(position, size));
        }
    }

    /// Offsets that cannot be, which damage alone makes, are before nothing: such a batch is always shown.
    private static boolean endsBefore(long offset, FileChannelRecordBatch batch) {
        return batch.magic() == RecordBatch.MAGIC_VALUE_V2
                && batch.baseOffset() >= 0
                && batch.lastOffset() >= batch.baseOffset()
                && batch.lastOffset() < offset;
    }

    /// A batch of a format before version 2: only its frame is known.
    private void dumpOld(Path segment, FileChannelRecordBatch batch) {
        if (json) {
            out().line(Json.of(Json.object(
                    "file", segment.toString(),
                    "position", batch.position(),
                    "sizeBytes", batch.sizeInBytes(),
                    "last", batch.lastOffset(),
                    "magic", batch.magic())));
        } else {
            out().line("..%d position=%d size=%d magic=%d, a format that is not read"
                    .formatted(batch.lastOffset(), batch.position(), batch.sizeInBytes(), batch.magic()));
        }
    }

    /// The attributes of a corrupt batch may name a codec that does not exist.
    private static String codec(FileChannelRecordBatch batch) {
        try {
            return batch.compressionType().name;
        } catch (IllegalArgumentException _) {
            return "unknown";
        }
    }

    /// @param ifValid what marks a whole batch
    private void dumpText(FileChannelRecordBatch batch, boolean valid, String ifValid) {
        var line = new StringBuilder("%d..%d".formatted(batch.baseOffset(), batch.lastOffset()));
        add(line, "count", batch.countOrNull());
        add(line, "position", batch.position());
        add(line, "size", batch.sizeInBytes());
        add(line, "epoch", batch.partitionLeaderEpoch());
        if (batch.hasProducerId()) {
            add(line, "producer", batch.producerId() + "/" + batch.producerEpoch());
            add(line, "sequence", batch.baseSequence() + ".." + batch.lastSequence());
        }
        add(line, "codec", codec(batch));
        add(line, "newest", Times.utc(batch.maxTimestamp()));
        add(line, "crc", "%08x".formatted(batch.checksum()));
        if (batch.isTransactional()) line.append(" transactional");
        if (batch.isControlBatch()) line.append(" control");
        line.append(valid ? ifValid : " CORRUPT");
        out().line(line.toString());
        if (!withRecords || !valid) return;
        try (var records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (records.hasNext()) out().line("  " + text(records.next(), batch.isControlBatch()));
        }
    }

    private static void add(StringBuilder line, String name, @Nullable Object value) {
        line.append(' ').append(name).append('=').append(value == null ? "-" : value);
    }

    private String text(Record record, boolean control) {
        var time = Times.utc(record.timestamp());
        if (control) {
            return "%d %s marker=%s".formatted(record.offset(), time, marker(record));
        }
        var line = new StringBuilder("%d %s key=%s value=%s"
                .formatted(record.offset(), time, shown(bytes(record.key())), shown(bytes(record.value()))));
        for (var header : record.headers()) {
            line.append(' ').append(header.key()).append(':').append(shown(header.value()));
        }
        return line.toString();
    }

    private static String marker(Record record) {
        return ControlRecordType.parse(record.key()).name().toLowerCase(Locale.ROOT);
    }

    /// Text in quotes, other bytes in hex; shortened unless all was asked for.
    private String shown(byte @Nullable [] bytes) {
        if (bytes == null) return "null";
        int limit = full ? Integer.MAX_VALUE : SHORT;
        var text = Codec.utf8(bytes);
        if (text == null) {
            int count = Math.min(bytes.length, limit / 2);
            var hex = HexFormat.of().formatHex(bytes, 0, count);
            return "0x" + hex + (count < bytes.length ? "... (" + Sizes.of(bytes.length) + ")" : "");
        }
        return text.length() <= limit
                ? Json.of(text)
                : Json.of(text.substring(0, limit)) + "... (" + Sizes.of(bytes.length) + ")";
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) return null;
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private void dumpJson(Path segment, FileChannelRecordBatch batch, boolean valid) {
        var tree = Json.object(
                "file", segment.toString(),
                "position", batch.position(),
                "sizeBytes", batch.sizeInBytes(),
                "first", batch.baseOffset(),
                "last", batch.lastOffset(),
                "count", batch.countOrNull(),
                "epoch", batch.partitionLeaderEpoch(),
                "producerId", batch.hasProducerId() ? batch.producerId() : null,
                "producerEpoch", batch.hasProducerId() ? batch.producerEpoch() : null,
                "sequence", batch.hasProducerId() ? batch.baseSequence() : null,
                "codec", codec(batch),
                "timestampType", String.valueOf(batch.timestampType()),
                "maxTimestamp", batch.maxTimestamp(),
                "transactional", batch.isTransactional(),
                "control", batch.isControlBatch(),
                "crc", "%08x".formatted(batch.checksum()),
                "valid", valid);
        if (withRecords && valid) tree.put("records", trees(batch));
        out().line(Json.of(tree));
    }

    private static List<Map<String, @Nullable Object>> trees(FileChannelRecordBatch batch) {
        var trees = new ArrayList<Map<String, @Nullable Object>>();
        try (var records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (records.hasNext()) {
                var record = records.next();
                var tree = Json.object("offset", record.offset(), "timestamp", record.timestamp());
                if (batch.isControlBatch()) {
                    tree.put("marker", marker(record));
                } else {
                    RecordPrinter.put(tree, "key", bytes(record.key()));
                    RecordPrinter.put(tree, "value", bytes(record.value()));
                    tree.put("headers", RecordPrinter.headers(record.headers()));
                }
                trees.add(tree);
            }
        }
        return trees;
    }

    private int dumpIndex(IndexEntries entries, boolean byOffset) {
        for (int i = 0; i < entries.count(); i++) {
            long key = entries.key(i);
            long value = entries.value(i);
            if (json) {
                out().line(Json.of(
                        byOffset
                                ? Json.object("offset", key, "position", value)
                                : Json.object("timestamp", key, "offset", value)));
            } else {
                out().line(byOffset ? key + " position=" + value : Times.utc(key) + " offset=" + value);
            }
        }
        return Exit.OK;
    }

    @Override
    Failure explain(Exception thrown) {
        if (thrown instanceof KafkaException) {
            return new Failure(
                    Exit.FAILED, "damaged: " + Explain.said(thrown), "see: millrace log verify PATH", thrown);
        }
        return thrown instanceof IOException ? Explain.file(thrown, path) : Explain.local(thrown);
    }
}
