package io.millrace.cli;

import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// A consumer came to a record that is damaged.
final class DamageMet extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient TopicPartition partition;
    private final long offset;
    private final KafkaException thrown;

    /// @param offset of the record
    DamageMet(TopicPartition partition, long offset, KafkaException thrown) {
        super(thrown);
        this.partition = partition;
        this.offset = offset;
        this.thrown = thrown;
    }

    TopicPartition partition() {
        return partition;
    }

    long offset() {
        return offset;
    }

    KafkaException thrown() {
        return thrown;
    }

    /// @param readable the next offset that can be read; empty when that was not found out
    Unreadable unreadable(OptionalLong readable) {
        return new Unreadable(partition, offset, readable.orElse(offset + 1), Unreadable.wasRefused(thrown));
    }
}
