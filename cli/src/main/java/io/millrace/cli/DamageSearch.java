package io.millrace.cli;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Finds out where damage in a partition ends, by trying to read behind it: no request asks for it.
final class DamageSearch {

    private static final Duration POLL = Duration.ofMillis(250);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final long deadlineNs;

    /// @param consumer of no group, and used for nothing else
    /// @param patience how long it may take in all
    DamageSearch(Consumer<byte[], byte[]> consumer, TopicPartition partition, Duration patience) {
        this.consumer = consumer;
        this.partition = partition;
        this.deadlineNs = System.nanoTime() + patience.toNanos();
    }

    /// The first offset behind `damaged` that can be read; empty when that cannot be found out.
    OptionalLong readableAfter(long damaged) {
        try {
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, damaged + 1);
            return OptionalLong.of(readableAfter(damaged, end));
        } catch (KafkaException _) {
            // What is known already is worth saying without it.
            return OptionalLong.empty();
        }
    }

    /// Asks for few offsets: farther and farther away until one can be read, then in between. So where two
    /// damaged ranges lie close together, what is between them may be passed over: [Unreadable] says so.
    private long readableAfter(long damaged, long end) {
        long broken = damaged;
        long step = 1;
        long whole = Math.min(end, damaged + step);
        while (whole < end && !isReadable(whole)) {
            broken = whole;
            step *= 2;
            whole = Math.min(end, damaged + step);
        }
        while (whole - broken > 1) {
            long middle = broken + (whole - broken) / 2;
            if (isReadable(middle)) whole = middle;
            else broken = middle;
        }
        return Math.max(whole, damaged + 1);
    }

    private boolean isReadable(long offset) {
        consumer.seek(partition, offset);
        while (System.nanoTime() - deadlineNs < 0) {
            try {
                if (!consumer.poll(POLL).isEmpty() || consumer.position(partition) > offset) return true;
            } catch (KafkaException e) {
                if (Unreadable.met(e).isEmpty()) throw e;
                return false;
            }
        }
        throw new KafkaException("no time is left to look for the end of the damage");
    }
}
