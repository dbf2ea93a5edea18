package io.millrace.cli;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/// Asks a cluster which offsets its partitions begin and end with.
interface OffsetLookup {

    /// Topics by name, partitions by number.
    Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    Map<TopicPartition, Long> earliest(Set<TopicPartition> partitions) throws Exception;

    Map<TopicPartition, Long> latest(Set<TopicPartition> partitions) throws Exception;

    /// The first offset from `timestampMs` on; a partition without such a record is missing.
    Map<TopicPartition, Long> since(Set<TopicPartition> partitions, long timestampMs) throws Exception;

    /// Through the connections of a consumer.
    static OffsetLookup of(Consumer<?, ?> consumer) {
        return new OffsetLookup() {
            @Override
            public Map<TopicPartition, Long> earliest(Set<TopicPartition> partitions) {
                return consumer.beginningOffsets(partitions);
            }

            @Override
            public Map<TopicPartition, Long> latest(Set<TopicPartition> partitions) {
                return consumer.endOffsets(partitions);
            }

            @Override
            public Map<TopicPartition, Long> since(Set<TopicPartition> partitions, long timestampMs) {
                var asked = partitions.stream().collect(Collectors.toMap(p -> p, _ -> timestampMs));
                var found = new HashMap<TopicPartition, Long>();
                consumer.offsetsForTimes(asked).forEach((partition, at) -> {
                    if (at != null) found.put(partition, at.offset());
                });
                return found;
            }
        };
    }

    /// Through an admin client.
    static OffsetLookup of(Admin admin) {
        return new OffsetLookup() {
            @Override
            public Map<TopicPartition, Long> earliest(Set<TopicPartition> partitions) throws Exception {
                return ask(partitions, OffsetSpec.earliest());
            }

            @Override
            public Map<TopicPartition, Long> latest(Set<TopicPartition> partitions) throws Exception {
                return ask(partitions, OffsetSpec.latest());
            }

            @Override
            public Map<TopicPartition, Long> since(Set<TopicPartition> partitions, long timestampMs) throws Exception {
                return ask(partitions, OffsetSpec.forTimestamp(timestampMs));
            }

            private Map<TopicPartition, Long> ask(Set<TopicPartition> partitions, OffsetSpec spec) throws Exception {
                var asked = partitions.stream().collect(Collectors.toMap(p -> p, _ -> spec));
                var found = new HashMap<TopicPartition, Long>();
                var answers = admin.listOffsets(asked);
                for (var partition : partitions) {
                    long offset = AdminAction.await(answers.partitionResult(partition))
                            .offset();
                    if (offset >= 0) found.put(partition, offset);
                }
                return found;
            }
        };
    }
}
