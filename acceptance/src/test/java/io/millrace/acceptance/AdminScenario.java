package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an administrator asks about topics, settings, records and the cluster; groups have their own scenario.
@ExtendWith(SharedBroker.class)
class AdminScenario {

    @Test
    void topicsComeGrowAndGo(BrokerProcess broker) {
        try (var admin = Topics.admin(broker)) {
            var name = Topics.name("grown");
            var wanted = new NewTopic(name, 2, (short) 1).configs(Map.of("retention.ms", "3600000"));
            var made = admin.createTopics(List.of(wanted));
            Topics.get(made.all());
            var id = Topics.get(made.topicId(name));
            assertEquals(2, Topics.get(made.numPartitions(name)));
            assertEquals(1, Topics.get(made.replicationFactor(name)));
            assertEquals(
                    "3600000", Topics.get(made.config(name)).get("retention.ms").value());
            assertInstanceOf(
                    TopicExistsException.class,
                    refusal(admin.createTopics(List.of(wanted)).all()));

            Topics.get(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(5)))
                    .all());
            Await.until(
                    "five partitions",
                    () -> Topics.of(
                                            Topics.get(admin.describeTopics(List.of(name))
                                                    .allTopicNames()),
                                            name)
                                    .partitions()
                                    .size()
                            == 5);
            var byName =
                    Topics.of(Topics.get(admin.describeTopics(List.of(name)).allTopicNames()), name);
            assertEquals(
                    List.of(0, 1, 2, 3, 4),
                    byName.partitions().stream().map(p -> p.partition()).toList());
            assertEquals(id, byName.topicId());
            var byId = admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                    .allTopicIds();
            assertEquals(name, Topics.of(Topics.get(byId), id).name());
            for (var partition : byName.partitions()) {
                assertEquals(partition.replicas(), partition.isr());
                assertEquals(List.of(partition.leader()), partition.replicas());
            }
            assertInstanceOf(
                    InvalidPartitionsException.class,
                    refusal(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(5)))
                            .all()));

            Topics.get(
                    admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
            Await.until(
                    "a list without " + name,
                    () -> !Topics.get(admin.listTopics().names()).contains(name));
            assertInstanceOf(
                    UnknownTopicOrPartitionException.class,
                    refusal(admin.describeTopics(List.of(name)).allTopicNames()));
            assertInstanceOf(
                    UnknownTopicIdException.class,
                    refusal(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                            .allTopicIds()));
        }
    }

    /// A deleted topic that is made again under its name is another topic and empty.
    @Test
    void aTopicMadeAgainIsAnotherOne(BrokerProcess broker) throws Exception {
        var name = Topics.create(broker, "again", 1);
        try (var admin = Topics.admin(broker);
                var rpc = Rpc.connect(broker)) {
            assertEquals(
                    Errors.NONE.code(),
                    Batches.send(rpc, name, 0, Batches.plain("old")).errorCode());
            var before = id(admin, name);
            Topics.get(admin.deleteTopics(List.of(name)).all());
            Topics.get(admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                    .all());
            Await.until("another id", () -> !before.equals(id(admin, name)));
            Await.until("an empty topic", () -> Topics.ends(broker, name).equals(Map.of(0, 0L)));
            assertEquals(0, Batches.send(rpc, name, 0, Batches.plain("new")).baseOffset());
        }
    }

    @Test
    void aTrialCreatesNothing(BrokerProcess broker) {
        try (var admin = Topics.admin(broker)) {
            var name = Topics.name("trial");
            var trial = new CreateTopicsOptions().validateOnly(true);
            Topics.get(admin.createTopics(List.of(new NewTopic(name, 3, (short) 1)), trial)
                    .all());
            assertFalse(Topics.get(admin.listTopics().names()).contains(name));
        }
    }

    @Test
    void badTopicsAreRefused(BrokerProcess broker) {
        try (var admin = Topics.admin(broker)) {
            var name = Topics.name("bad");
            assertInstanceOf(InvalidTopicException.class, create(admin, new NewTopic("no blanks", 1, (short) 1)));
            assertInstanceOf(InvalidPartitionsException.class, create(admin, new NewTopic(name, 0, (short) 1)));
            assertInstanceOf(InvalidReplicationFactorException.class, create(admin, new NewTopic(name, 1, (short) 3)));
            var unknown = new NewTopic(name, 1, (short) 1).configs(Map.of("retention.hours", "1"));
            assertInstanceOf(InvalidConfigurationException.class, create(admin, unknown));
            var wrong = new NewTopic(name, 1, (short) 1).configs(Map.of("retention.ms", "soon"));
            assertInstanceOf(InvalidConfigurationException.class, create(admin, wrong));
        }
    }

    @Test
    void internalTopicsAreListedOnlyWhenAskedFor(BrokerProcess broker) {
        try (var admin = Topics.admin(broker)) {
            var group = Topics.name("internal");
            var topic = Topics.create(broker, "internal", 1);
            Topics.get(admin.alterConsumerGroupOffsets(
                            group, Map.of(new TopicPartition(topic, 0), GroupAdminScenario.at(0)))
                    .all());
            assertFalse(Topics.get(admin.listTopics().names()).contains("__consumer_offsets"));
            var all = new ListTopicsOptions().listInternal(true);
            assertTrue(Topics.get(admin.listTopics(all).names()).contains("__consumer_offsets"));
            var described = Topics.get(
                    admin.describeTopics(List.of("__consumer_offsets")).allTopicNames());
            assertTrue(Topics.of(described, "__consumer_offsets").isInternal());
        }
    }

    @Test
    void settingsOfATopicAreSetChangedAndTakenBack(BrokerProcess broker) {
        var topic = Topics.create(broker, "settings", 1, Map.of("retention.ms", "1000000"));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (var admin = Topics.admin(broker)) {
            assertEquals("1000000", entry(admin, resource, "retention.ms").value());
            assertEquals(
                    ConfigSource.DYNAMIC_TOPIC_CONFIG,
                    entry(admin, resource, "retention.ms").source());
            assertTrue(entry(admin, resource, "segment.bytes").isDefault());

            change(admin, resource, "retention.ms", "2000000", OpType.SET);
            change(admin, resource, "cleanup.policy", "compact", OpType.APPEND);
            assertEquals("2000000", entry(admin, resource, "retention.ms").value());
            assertEquals(Set.of("delete", "compact"), list(entry(admin, resource, "cleanup.policy")));

            change(admin, resource, "cleanup.policy", "compact", OpType.SUBTRACT);
            change(admin, resource, "retention.ms", "", OpType.DELETE);
            assertEquals(Set.of("delete"), list(entry(admin, resource, "cleanup.policy")));
            assertTrue(entry(admin, resource, "retention.ms").isDefault());

            var trial = new AlterConfigsOptions().validateOnly(true);
            var one = Map.of(resource, op("retention.ms", "5", OpType.SET));
            Topics.get(admin.incrementalAlterConfigs(one, trial).all());
            assertTrue(entry(admin, resource, "retention.ms").isDefault());

            assertInstanceOf(
                    InvalidConfigurationException.class,
                    refusal(admin.incrementalAlterConfigs(Map.of(resource, op("no.such.setting", "1", OpType.SET)))
                            .all()));
            assertInstanceOf(
                    InvalidConfigurationException.class,
                    refusal(admin.incrementalAlterConfigs(Map.of(resource, op("retention.ms", "x", OpType.SET)))
                            .all()));
        }
    }

    /// A setting of the whole cluster, of one broker and of a group: set, seen, taken back.
    @Test
    void settingsOfTheClusterABrokerAndAGroup(BrokerProcess broker) {
        try (var admin = Topics.admin(broker)) {
            var node = Topics.get(admin.describeCluster().nodes())
                    .iterator()
                    .next()
                    .idString();
            var one = new ConfigResource(ConfigResource.Type.BROKER, node);
            var all = new ConfigResource(ConfigResource.Type.BROKER, "");
            assertEquals("false", entry(admin, one, "auto.create.topics.enable").value());

            change(admin, all, "log.index.interval.bytes", "16000", OpType.SET);
            Await.until(
                    "the setting of the cluster",
                    () -> entry(admin, one, "log.index.interval.bytes").value().equals("16000"));
            assertEquals(
                    ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
                    entry(admin, one, "log.index.interval.bytes").source());
            change(admin, one, "log.index.interval.bytes", "17000", OpType.SET);
            Await.until(
                    "the setting of the broker",
                    () -> entry(admin, one, "log.index.interval.bytes").value().equals("17000"));
            change(admin, one, "log.index.interval.bytes", "", OpType.DELETE);
            change(admin, all, "log.index.interval.bytes", "", OpType.DELETE);
            Await.until(
                    "the default",
                    () -> entry(admin, one, "log.index.interval.bytes").isDefault());

            // Nothing here has a cleaner that pauses, but whoever sets it sees it again.
            change(admin, all, "log.cleaner.backoff.ms", "16000", OpType.SET);
            Await.until(
                    "a setting that means nothing",
                    () -> Topics.of(
                                    Topics.get(
                                            admin.describeConfigs(List.of(all)).all()),
                                    all)
                            .entries()
                            .stream()
                            .anyMatch(entry -> entry.name().equals("log.cleaner.backoff.ms")
                                    && entry.value().equals("16000")));
            change(admin, all, "log.cleaner.backoff.ms", "", OpType.DELETE);

            var group = new ConfigResource(ConfigResource.Type.GROUP, Topics.name("settings"));
            change(admin, group, "consumer.session.timeout.ms", "50000", OpType.SET);
            Await.until(
                    "the setting of the group",
                    () -> entry(admin, group, "consumer.session.timeout.ms")
                            .value()
                            .equals("50000"));
        }
    }

    @Test
    void aSettingHasItsSynonymsAndItsDescription(BrokerProcess broker) {
        var topic = Topics.create(broker, "synonyms", 1, Map.of("retention.ms", "1000000"));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (var admin = Topics.admin(broker)) {
            var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
            var configs =
                    Topics.get(admin.describeConfigs(List.of(resource), options).all());
            var retention = Topics.of(configs, resource).get("retention.ms");
            assertEquals(ConfigEntry.ConfigType.LONG, retention.type());
            assertFalse(String.valueOf(retention.documentation()).isBlank());
            assertEquals("retention.ms", retention.synonyms().getFirst().name());
            assertEquals(
                    ConfigSource.DYNAMIC_TOPIC_CONFIG,
                    retention.synonyms().getFirst().source());
        }
    }

    @Test
    void offsetsAreFoundByTime(BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "times", 1, Map.of("message.timestamp.type", "CreateTime"));
        var partition = new TopicPartition(topic, 0);
        try (var admin = Topics.admin(broker);
                var rpc = Rpc.connect(broker)) {
            assertEquals(-1, offset(admin, partition, OffsetSpec.maxTimestamp()).offset());
            send(rpc, topic, Compression.NONE, 1_000, 2_000);
            send(rpc, topic, Compression.gzip().build(), 3_000, 9_000, 4_000);
            send(rpc, topic, Compression.lz4().build(), 5_000, 6_000);

            assertEquals(0, offset(admin, partition, OffsetSpec.earliest()).offset());
            assertEquals(7, offset(admin, partition, OffsetSpec.latest()).offset());
            assertFound(1, 2_000, offset(admin, partition, OffsetSpec.forTimestamp(1_001)));
            assertFound(2, 3_000, offset(admin, partition, OffsetSpec.forTimestamp(3_000)));
            assertFound(3, 9_000, offset(admin, partition, OffsetSpec.forTimestamp(4_500)));
            assertFound(-1, -1, offset(admin, partition, OffsetSpec.forTimestamp(9_001)));
            assertFound(3, 9_000, offset(admin, partition, OffsetSpec.maxTimestamp()));
        }
    }

    @Test
    void recordsAreDeletedUpToAnOffset(BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "trimmed", 1);
        var partition = new TopicPartition(topic, 0);
        try (var admin = Topics.admin(broker);
                var rpc = Rpc.connect(broker)) {
            Batches.send(rpc, topic, 0, Batches.plain("a", "b", "c", "d", "e"));
            var cut = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3)));
            assertEquals(
                    3, Topics.get(Topics.of(cut.lowWatermarks(), partition)).lowWatermark());
            assertEquals(3, offset(admin, partition, OffsetSpec.earliest()).offset());
            assertEquals(
                    List.of("d", "e"),
                    Topics.readAll(broker, topic).stream()
                            .map(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                            .toList());
            assertInstanceOf(
                    OffsetOutOfRangeException.class,
                    refusal(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                            .all()));
            Topics.get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                    .all());
            assertEquals(5, offset(admin, partition, OffsetSpec.earliest()).offset());
        }
    }

    @Test
    void theClusterDescribesItself(BrokerProcess broker) {
        try (var admin = Topics.admin(broker)) {
            var cluster = admin.describeCluster();
            var nodes = Topics.get(cluster.nodes());
            assertEquals(
                    List.of(broker.port()),
                    nodes.stream().map(node -> node.port()).toList());
            assertEquals(
                    nodes.iterator().next().id(),
                    Topics.get(cluster.controller()).id());
            assertEquals(22, Topics.get(cluster.clusterId()).length());
            assertTrue(Topics.get(admin.describeFeatures().featureMetadata()).supportedFeatures().values().stream()
                    .allMatch(range -> range.minVersion() <= range.maxVersion()));
        }
    }

    @Test
    void logFoldersAreDescribed(BrokerProcess broker) throws Exception {
        var topic = Topics.create(broker, "folders", 2);
        var partition = new TopicPartition(topic, 1);
        try (var admin = Topics.admin(broker);
                var rpc = Rpc.connect(broker)) {
            Batches.send(rpc, topic, 1, Batches.plain("x".repeat(1_000)));
            int node = Topics.get(admin.describeCluster().nodes())
                    .iterator()
                    .next()
                    .id();
            var folders =
                    Topics.of(Topics.get(admin.describeLogDirs(List.of(node)).allDescriptions()), node);
            assertEquals(1, folders.size());
            var folder = folders.values().iterator().next();
            long size = Topics.of(folder.replicaInfos(), partition).size();
            assertTrue(size > 1_000 && size < 2_000, "size " + size);
            assertTrue(folder.usableBytes().orElse(0) > 0);
            assertTrue(
                    folders.keySet().iterator().next().startsWith(broker.data().toString()));
        }
    }

    @Test
    void producersOfAPartitionAreDescribed(BrokerProcess broker) {
        var topic = Topics.create(broker, "producers", 1);
        var settings = Map.of("topic", topic, "count", "20", "client.enable.idempotence", "true");
        try (var producer = JavaClient.V4_4.start("ProduceProgram", broker, settings);
                var admin = Topics.admin(broker)) {
            producer.succeeds();
            var partition = new TopicPartition(topic, 0);
            var described = admin.describeProducers(List.of(partition)).partitionResult(partition);
            var states = Topics.get(described).activeProducers();
            assertEquals(1, states.size());
            assertEquals(19, states.getFirst().lastSequence());
            assertEquals(0, states.getFirst().producerEpoch());
            assertTrue(states.getFirst().producerId() >= 0);
        }
    }

    /// An administrator's client from before most of this, with the old way to alter settings.
    @ParameterizedTest
    @EnumSource(names = {"V2_1", "V2_8"})
    void oldAdministratorsAreServed(JavaClient client, BrokerProcess broker) throws Exception {
        var full = Topics.create(broker, "full", 1);
        var group = Topics.name("old");
        try (var admin = Topics.admin(broker);
                var rpc = Rpc.connect(broker)) {
            Batches.send(rpc, full, 0, Batches.plain("a", "b", "c", "d"));
            var offsets = Map.of(new TopicPartition(full, 0), GroupAdminScenario.at(2));
            Topics.get(admin.alterConsumerGroupOffsets(group, offsets).all());
        }
        var topic = Topics.name("by-old");
        var settings = Map.of("topic", topic, "group", group, "full", full);
        try (var old = client.start("AdminProgram", broker, settings)) {
            old.succeeds();
            assertEquals(
                    List.of(
                            "nodes 1",
                            "listed " + topic + " true",
                            "again TopicExistsException",
                            "shrink InvalidPartitionsException",
                            "retention 3600000",
                            "max-message 5000",
                            "retention-replaced true",
                            "listed true",
                            "members 0",
                            "offsets 1",
                            "listed " + topic + " false",
                            "done"),
                    old.lines());
        }
    }

    private static Throwable create(Admin admin, NewTopic topic) {
        return refusal(admin.createTopics(List.of(topic)).all());
    }

    /// Why a future fails.
    static Throwable refusal(KafkaFuture<?> future) {
        var failure = assertThrows(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
        return assertInstanceOf(ApiException.class, failure.getCause());
    }

    private static Uuid id(Admin admin, String topic) {
        return Topics.of(Topics.get(admin.describeTopics(List.of(topic)).allTopicNames()), topic)
                .topicId();
    }

    private static ConfigEntry entry(Admin admin, ConfigResource resource, String name) {
        var entry = Topics.of(
                        Topics.get(admin.describeConfigs(List.of(resource)).all()), resource)
                .get(name);
        if (entry == null) throw new AssertionError(resource + " has no " + name);
        return entry;
    }

    private static Collection<AlterConfigOp> op(String name, String value, OpType type) {
        return List.of(new AlterConfigOp(new ConfigEntry(name, value), type));
    }

    private static void change(Admin admin, ConfigResource resource, String name, String value, OpType type) {
        Topics.get(admin.incrementalAlterConfigs(Map.of(resource, op(name, value, type)))
                .all());
    }

    private static Set<String> list(ConfigEntry entry) {
        return List.of(entry.value().split(",", -1)).stream().collect(Collectors.toSet());
    }

    private static ListOffsetsResultInfo offset(Admin admin, TopicPartition partition, OffsetSpec what) {
        return Topics.get(admin.listOffsets(Map.of(partition, what)).partitionResult(partition));
    }

    private static void assertFound(long offset, long timestampMs, ListOffsetsResultInfo found) {
        assertEquals(offset + " at " + timestampMs, found.offset() + " at " + found.timestamp());
    }

    private static void send(Rpc rpc, String topic, Compression codec, long... timestampsMs) throws Exception {
        var records = new SimpleRecord[timestampsMs.length];
        for (int i = 0; i < records.length; i++) records[i] = new SimpleRecord(timestampsMs[i], new byte[] {1});
        var answer = Batches.send(rpc, topic, 0, MemoryRecords.withRecords(codec, records));
        assertEquals(Errors.NONE, Errors.forCode(answer.errorCode()));
    }
}
