package io.millrace.metadata;

import io.millrace.metadata.MetadataRecord.AclAdded;
import io.millrace.metadata.MetadataRecord.AclRemoved;
import io.millrace.metadata.MetadataRecord.ClusterCreated;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.ConfigUnset;
import io.millrace.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.metadata.MetadataRecord.NodeRegistered;
import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.metadata.MetadataRecord.QuotaSet;
import io.millrace.metadata.MetadataRecord.QuotaUnset;
import io.millrace.metadata.MetadataRecord.ScramSet;
import io.millrace.metadata.MetadataRecord.ScramUnset;
import io.millrace.metadata.MetadataRecord.TopicBuried;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// An image in the making: takes records one by one, and copies a section only when one touches it.
final class NextImage {

    private final ClusterImage before;
    private final Map<Uuid, GrowingTopic> touched = new LinkedHashMap<>();
    private final Map<Uuid, Topic> gone = new LinkedHashMap<>();
    private final Map<String, Uuid> newNames = new HashMap<>();
    private final List<Uuid> buried = new ArrayList<>();
    private @Nullable Map<Integer, Node> nodes;
    private @Nullable Map<ConfigResource, Map<String, String>> configs;
    private ClusterFacts facts;
    private AccessFacts access;

    /// A topic whose partitions are being changed.
    private record GrowingTopic(Uuid id, String name, List<PartitionState> partitions) {}

    NextImage(ClusterImage before) {
        this.before = before;
        this.facts = before.facts();
        this.access = before.access();
    }

    void add(MetadataRecord record) {
        switch (record) {
            case ClusterCreated(String clusterId) -> {
                check(facts.clusterId().isEmpty(), "the cluster has begun already");
                facts = new ClusterFacts(clusterId, facts.nextProducerId(), facts.features());
            }
            case NodeRegistered(var node) -> ownNodes().put(node.id(), node);
            case TopicCreated(var id, var name) -> create(id, name);
            case PartitionPlaced(var id, int partition, var state) -> {
                var topic = growing(id);
                check(partition == topic.partitions().size(), "partition " + partition + " leaves a gap");
                topic.partitions().add(state);
            }
            case PartitionChanged(var id, int partition, var state) -> {
                var topic = growing(id);
                check(partition < topic.partitions().size(), "there is no partition " + partition);
                topic.partitions().set(partition, state);
            }
            case TopicDeleted(var id) -> delete(id);
            case TopicBuried(var id) -> buried.add(id);
            case ConfigSet(var of, var name, var value) -> configure(of, settings -> settings.put(name, value));
            case ConfigUnset(var of, var name) -> configure(of, settings -> settings.remove(name));
            case QuotaSet(var of, var name, double limit) -> limit(of, limits -> limits.put(name, limit));
            case QuotaUnset(var of, var name) -> limit(of, limits -> limits.remove(name));
            case ScramSet(var user, var credential) ->
                access = new AccessFacts(
                        access.quotas(), changed(access.scram(), all -> all.put(user, credential)), access.acls());
            case ScramUnset(var user) ->
                access = new AccessFacts(
                        access.quotas(), changed(access.scram(), all -> all.remove(user)), access.acls());
            case AclAdded(var id, var acl) ->
                access = new AccessFacts(
                        access.quotas(), access.scram(), changed(access.acls(), all -> all.put(id, acl)));
            case AclRemoved(var id) ->
                access =
                        new AccessFacts(access.quotas(), access.scram(), changed(access.acls(), all -> all.remove(id)));
            case ProducerIdsAllocated allocated -> {
                long end = allocated.end();
                check(end > facts.nextProducerId(), "producer ids up to " + end + " are given away already");
                facts = new ClusterFacts(facts.clusterId(), end, facts.features());
            }
            case FeatureLevelSet(var feature, short level) ->
                facts = new ClusterFacts(facts.clusterId(), facts.nextProducerId(), changed(facts.features(), all -> {
                    if (level == 0) all.remove(feature);
                    else all.put(feature, level);
                }));
        }
    }

    ClusterImage at(long index) {
        return new ClusterImage(
                index,
                facts,
                nodes == null ? before.nodeMap() : Collections.unmodifiableMap(nodes),
                touched.isEmpty() && buried.isEmpty()
                        ? before.topicMaps()
                        : before.topicMaps().with(finished(), gone.values(), buried),
                configs == null ? before.configMaps() : Collections.unmodifiableMap(configs),
                access);
    }

    private Collection<Topic> finished() {
        return touched.values().stream()
                .map(topic -> new Topic(topic.name(), topic.id(), topic.partitions()))
                .toList();
    }

    private void create(Uuid id, String name) {
        check(
                existing(id).isEmpty() && !touched.containsKey(id) && !gone.containsKey(id),
                "topic id " + id + " is taken");
        check(!newNames.containsKey(name), "topic " + name + " exists");
        before.topic(name).ifPresent(old -> check(gone.containsKey(old.id()), "topic " + name + " exists"));
        newNames.put(name, id);
        touched.put(id, new GrowingTopic(id, name, new ArrayList<>()));
    }

    private void delete(Uuid id) {
        var made = touched.remove(id);
        var old = existing(id);
        check(made != null || old.isPresent(), "there is no topic " + id);
        var name = made != null ? made.name() : old.orElseThrow().name();
        newNames.remove(name, id);
        old.ifPresent(topic -> gone.put(id, topic));
        buried.add(id);
        var settings = ConfigResource.topic(name);
        if (configured().containsKey(settings)) ownConfigs().remove(settings);
    }

    private GrowingTopic growing(Uuid id) {
        var topic = touched.get(id);
        if (topic == null) {
            var old = existing(id).orElseThrow(() -> new IllegalArgumentException("there is no topic " + id));
            topic = new GrowingTopic(id, old.name(), new ArrayList<>(old.partitions()));
            touched.put(id, topic);
        }
        return topic;
    }

    private Optional<Topic> existing(Uuid id) {
        return gone.containsKey(id) ? Optional.empty() : before.topic(id);
    }

    private void configure(ConfigResource of, Consumer<Map<String, String>> change) {
        put(ownConfigs(), of, changed(configured().getOrDefault(of, Map.of()), change));
    }

    private void limit(QuotaEntity of, Consumer<Map<String, Double>> change) {
        var limits = changed(access.quotas().getOrDefault(of, Map.of()), change);
        access = new AccessFacts(changed(access.quotas(), all -> put(all, of, limits)), access.scram(), access.acls());
    }

    /// An entry without contents is no entry: it must not outlive a snapshot.
    private static <K, V> void put(Map<K, Map<String, V>> all, K key, Map<String, V> contents) {
        if (contents.isEmpty()) all.remove(key);
        else all.put(key, contents);
    }

    private Map<Integer, Node> ownNodes() {
        if (nodes == null) nodes = new HashMap<>(before.nodeMap());
        return nodes;
    }

    private Map<ConfigResource, Map<String, String>> configured() {
        return configs == null ? before.configMaps() : configs;
    }

    private Map<ConfigResource, Map<String, String>> ownConfigs() {
        if (configs == null) configs = new HashMap<>(before.configMaps());
        return configs;
    }

    private static <K, V> Map<K, V> changed(Map<K, V> map, Consumer<Map<K, V>> change) {
        var copy = new HashMap<>(map);
        change.accept(copy);
        return Map.copyOf(copy);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) throw new IllegalArgumentException(otherwise);
    }
}
