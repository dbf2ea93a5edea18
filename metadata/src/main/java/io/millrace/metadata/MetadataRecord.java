package io.millrace.metadata;

import org.apache.kafka.common.Uuid;

/// One fact about the cluster. Facts, in their order, are all there is to the cluster's state: an image
/// is what they add up to, and [MetadataRecordCodec] is their written form.
public sealed interface MetadataRecord {

    /// The cluster begins; always the first record, and the only one of its kind.
    record ClusterCreated(String clusterId) implements MetadataRecord {}

    /// The node registered, for the first time or again; its former registration no longer holds.
    record NodeRegistered(Node node) implements MetadataRecord {}

    /// A topic without partitions begins; those follow.
    record TopicCreated(Uuid topic, String name) implements MetadataRecord {}

    /// A new partition of a topic; partitions are placed in the order of their numbers.
    record PartitionPlaced(Uuid topic, int index, PartitionState state) implements MetadataRecord {}

    /// A partition is now in another state.
    record PartitionChanged(Uuid topic, int index, PartitionState state) implements MetadataRecord {}

    /// The topic, its partitions and its settings are gone.
    record TopicDeleted(Uuid topic) implements MetadataRecord {}

    /// A topic of this id was deleted before. Stands in snapshots, which do not have the
    /// deletion itself.
    record TopicBuried(Uuid topic) implements MetadataRecord {}

    record ConfigSet(ConfigResource of, String name, String value) implements MetadataRecord {}

    /// The resource no longer has a value of its own for this setting.
    record ConfigUnset(ConfigResource of, String name) implements MetadataRecord {}

    /// @param name Kafka's name of the limit, say `producer_byte_rate`
    record QuotaSet(QuotaEntity of, String name, double limit) implements MetadataRecord {}

    record QuotaUnset(QuotaEntity of, String name) implements MetadataRecord {}

    record ScramSet(ScramUser user, ScramCredential credential) implements MetadataRecord {}

    record ScramUnset(ScramUser user) implements MetadataRecord {}

    record AclAdded(Uuid id, Acl acl) implements MetadataRecord {}

    record AclRemoved(Uuid id) implements MetadataRecord {}

    /// Producer ids up to `end` are given away.
    ///
    /// @param node to whom the last ones were given
    /// @param end  one past the last one
    record ProducerIdsAllocated(int node, long end) implements MetadataRecord {}

    /// @param level 0 stands for "not in use" and removes the feature
    record FeatureLevelSet(String feature, short level) implements MetadataRecord {}
}
