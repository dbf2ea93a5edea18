package io.millrace.model.record;

import java.util.function.Consumer;

/// Opens batches, compressed ones too.
public interface RecordReader {

    /// Shows every record of `batch` to `visitor`, in order.
    ///
    /// @throws MalformedRecords when the contents are not what the header says, or unpack to too much
    void read(RecordBatch batch, Consumer<LogRecord> visitor) throws MalformedRecords;

    /// The inside of a batch is broken, though its checksum may be right.
    final class MalformedRecords extends Exception {

        private static final long serialVersionUID = 1;

        public MalformedRecords(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
