package io.millrace.acceptance;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Topics with names that nobody else uses, and all that is in one.
final class Topics {

    private static final AtomicInteger NEXT = new AtomicInteger();

    private Topics() {}

    /// A name for a topic or a group that is used once in a run.
    static String name(String what) {
        return what + "-" + NEXT.incrementAndGet();
    }

    static Admin admin(BrokerProcess broker) {
        return admin(broker.bootstrap());
    }

    static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap, "client.id", "acceptance"));
    }

    /// What a future brings; its failure is the test's.
    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(Await.LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// What a map has for a key that must be there.
    static <K, V> V of(Map<K, V> map, K key) {
        var value = map.get(key);
        if (value == null) throw new AssertionError(key + " is not in " + map);
        return value;
    }

    /// Makes a topic with a new name; returns the name.
    static String create(BrokerProcess broker, String what, int partitions) {
        return create(broker, what, partitions, Map.of());
    }

    static String create(BrokerProcess broker, String what, int partitions, Map<String, String> configs) {
        var name = name(what);
        try (var admin = admin(broker)) {
            get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                    .all());
        }
        awaitLeaders(broker, name, partitions);
        return name;
    }

    /// A broker may say that a topic is made before it knows of it itself.
    private static void awaitLeaders(BrokerProcess broker, String topic, int partitions) {
        var asked = new MetadataRequestTopic().setName(topic);
        var request = new MetadataRequestData().setTopics(List.of(asked)).setAllowAutoTopicCreation(false);
        Await.until("leaders of " + topic, () -> {
            try (var rpc = Rpc.connect(broker)) {
                MetadataResponseData answer = rpc.call(ApiKeys.METADATA, 12, request);
                var found = answer.topics().iterator().next().partitions();
                return found.size() == partitions && found.stream().allMatch(one -> one.leaderId() >= 0);
            }
        });
    }

    /// End offset of each partition, partitions without records too.
    static Map<Integer, Long> ends(BrokerProcess broker, String topic) {
        try (var admin = admin(broker)) {
            var description = of(get(admin.describeTopics(List.of(topic)).allTopicNames()), topic);
            var asked = new HashMap<TopicPartition, OffsetSpec>();
            description
                    .partitions()
                    .forEach(p -> asked.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
            var ends = new TreeMap<Integer, Long>();
            get(admin.listOffsets(asked).all()).forEach((where, end) -> ends.put(where.partition(), end.offset()));
            return ends;
        }
    }

    /// Every record of a topic as it is now, in the order of offsets within each partition.
    static List<ConsumerRecord<byte[], byte[]>> readAll(BrokerProcess broker, String topic) {
        var ends = ends(broker, topic);
        var settings = new Properties();
        settings.put("bootstrap.servers", broker.bootstrap());
        settings.put("auto.offset.reset", "earliest");
        var records = new java.util.ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = ends.keySet().stream()
                    .map(p -> new TopicPartition(topic, p))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Await.value("the end of " + topic, Await.LONG, () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                boolean atEnd =
                        partitions.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p.partition(), 0L));
                return atEnd ? Optional.of(true) : Optional.empty();
            });
        }
        return records;
    }
}
