package io.millrace.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// Where `produce` takes its records from, one after the other.
interface Inputs {

    /// No piece of input may be larger.
    int MAX_RECORD_BYTES = 64 << 20;

    /// The next record; null when there are no more.
    ///
    /// @throws Failure when a piece of input is not in its format
    @Nullable
    ProducerRecord<byte[], byte[]> next() throws Failure, IOException;

    /// Lines of `in`, which end with a newline; bytes are taken as they are.
    static Inputs lines(InputStream in, RecordParser parser) {
        var buffered = new BufferedInputStream(in, 1 << 16);
        return new Inputs() {
            private long number;

            @Override
            public @Nullable ProducerRecord<byte[], byte[]> next() throws Failure, IOException {
                var line = new ByteArrayOutputStream(128);
                int b;
                while ((b = buffered.read()) >= 0 && b != '\n') {
                    if (line.size() >= MAX_RECORD_BYTES) {
                        throw Failure.usage("line " + (number + 1) + " is longer than " + Sizes.of(MAX_RECORD_BYTES));
                    }
                    line.write(b);
                }
                if (b < 0 && line.size() == 0) return null;
                number++;
                return parse(parser, line.toByteArray(), "line " + number);
            }
        };
    }

    /// Each of `values` as if it were a line.
    static Inputs arguments(List<String> values, RecordParser parser) {
        var rest = values.iterator();
        return () -> {
            if (!rest.hasNext()) return null;
            var value = rest.next();
            return parse(parser, value.getBytes(StandardCharsets.UTF_8), "'" + value + "'");
        };
    }

    /// The contents of each file as one value.
    static Inputs files(List<Path> files, RecordParser parser) {
        var rest = files.iterator();
        return () -> {
            if (!rest.hasNext()) return null;
            var file = rest.next();
            try {
                if (Files.size(file) > MAX_RECORD_BYTES) {
                    throw Failure.usage(file + " is larger than " + Sizes.of(MAX_RECORD_BYTES));
                }
                return parser.whole(Files.readAllBytes(file));
            } catch (IOException e) {
                throw Explain.file(e, file);
            }
        };
    }

    private static ProducerRecord<byte[], byte[]> parse(RecordParser parser, byte[] piece, String where)
            throws Failure {
        try {
            return parser.line(piece);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, where + ": " + Explain.said(e), null, e);
        }
    }
}
