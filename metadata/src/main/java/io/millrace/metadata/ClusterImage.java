package io.millrace.metadata;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// The whole cluster at one moment. Never changes; the next moment is another image.
///
/// Readers keep the image they began with, so a request sees one cluster from start to end. Images
/// share what did not change. Two images with an equal index have equal contents, and equal [#hash]es,
/// on all nodes.
///
/// Collections that an image hands out are unmodifiable and in no particular order.
public final class ClusterImage {

    public static final ClusterImage EMPTY =
            new ClusterImage(0, ClusterFacts.NONE, Map.of(), Topics.NONE, Map.of(), AccessFacts.NONE);

    private final long index;
    private final ClusterFacts facts;
    private final Map<Integer, Node> nodes;
    private final Topics topics;
    private final Map<ConfigResource, Map<String, String>> configs;
    private final AccessFacts access;

    ClusterImage(
            long index,
            ClusterFacts facts,
            Map<Integer, Node> nodes,
            Topics topics,
            Map<ConfigResource, Map<String, String>> configs,
            AccessFacts access) {
        this.index = index;
        this.facts = facts;
        this.nodes = nodes;
        this.topics = topics;
        this.configs = configs;
        this.access = access;
    }

    /// The image after `records`, which end at `newIndex`.
    ///
    /// @throws IllegalArgumentException when a record does not fit what is here, which means that the
    ///                                  log is not the one that led to this image
    public ClusterImage after(List<MetadataRecord> records, long newIndex) {
        var next = new NextImage(this);
        records.forEach(next::add);
        return next.at(newIndex);
    }

    /// Records that lead from [#EMPTY] to these contents, in an order that depends on the
    /// contents alone.
    public List<MetadataRecord> records() {
        return ImageRecords.of(this);
    }

    /// A number that depends on the contents alone, index not included. Costs a walk over the
    /// whole image.
    public long hash() {
        return MetadataRecordCodec.hash(records());
    }

    /// What changed since an earlier image of the same cluster.
    public ImageDelta since(ClusterImage earlier) {
        return ImageDelta.between(earlier, this);
    }

    /// The position in the metadata log this image is true at; 0 before the first record.
    public long index() {
        return index;
    }

    /// Empty before the cluster begins.
    public String clusterId() {
        return facts.clusterId();
    }

    public ClusterFacts facts() {
        return facts;
    }

    public AccessFacts access() {
        return access;
    }

    public Optional<Topic> topic(String name) {
        return topics.named(name);
    }

    public Optional<Topic> topic(Uuid id) {
        return topics.withId(id);
    }

    public Collection<Topic> topics() {
        return topics.all();
    }

    /// Whether a topic of this id was deleted; the last 10,000 of them are remembered.
    public boolean wasDeleted(Uuid id) {
        return topics.buried().contains(id);
    }

    public Optional<Node> node(int id) {
        return Optional.ofNullable(nodes.get(id));
    }

    public Collection<Node> nodes() {
        return nodes.values();
    }

    /// The settings that somebody gave to a resource, as text by name; nothing inherited, no defaults.
    public Map<String, String> config(ConfigResource of) {
        return configs.getOrDefault(of, Map.of());
    }

    /// See [#config(ConfigResource)].
    public Map<String, String> config(ConfigResource.Kind kind, String name) {
        return config(new ConfigResource(kind, name));
    }

    /// The resources that have settings of their own.
    public Collection<ConfigResource> configured() {
        return configs.keySet();
    }

    Topics topicMaps() {
        return topics;
    }

    Map<Integer, Node> nodeMap() {
        return nodes;
    }

    Map<ConfigResource, Map<String, String>> configMaps() {
        return configs;
    }

    @Override
    public String toString() {
        return "ClusterImage[index=%d, cluster=%s, nodes=%d, topics=%d]"
                .formatted(index, clusterId(), nodes.size(), topics.all().size());
    }
}
