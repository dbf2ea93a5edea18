package io.millrace.metadata;

import io.millrace.metadata.MetadataRecord.AclAdded;
import io.millrace.metadata.MetadataRecord.ClusterCreated;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.metadata.MetadataRecord.NodeRegistered;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.metadata.MetadataRecord.QuotaSet;
import io.millrace.metadata.MetadataRecord.ScramSet;
import io.millrace.metadata.MetadataRecord.TopicBuried;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// An image taken apart into the records that rebuild it: the contents of a snapshot.
final class ImageRecords {

    /// In the place of the node that was given the last producer ids, which an image does not remember.
    private static final int NOBODY = -1;

    private ImageRecords() {}

    /// Sorted, so that equal contents give equal records.
    static List<MetadataRecord> of(ClusterImage image) {
        var records = new ArrayList<MetadataRecord>();
        var facts = image.facts();
        if (!facts.clusterId().isEmpty()) records.add(new ClusterCreated(facts.clusterId()));
        sorted(facts.features()).forEach((name, level) -> records.add(new FeatureLevelSet(name, level)));
        if (facts.nextProducerId() > 0) records.add(new ProducerIdsAllocated(NOBODY, facts.nextProducerId()));
        sorted(image.nodeMap()).values().forEach(node -> records.add(new NodeRegistered(node)));
        image.topicMaps().buried().forEach(id -> records.add(new TopicBuried(id)));
        image.topics().stream().sorted(Comparator.comparing(Topic::name)).forEach(topic -> {
            records.add(new TopicCreated(topic.id(), topic.name()));
            for (int i = 0; i < topic.partitions().size(); i++) {
                records.add(
                        new PartitionPlaced(topic.id(), i, topic.partitions().get(i)));
            }
        });
        sorted(image.configMaps())
                .forEach((of, settings) ->
                        sorted(settings).forEach((name, value) -> records.add(new ConfigSet(of, name, value))));
        sorted(image.access().quotas())
                .forEach((of, limits) ->
                        sorted(limits).forEach((name, limit) -> records.add(new QuotaSet(of, name, limit))));
        sorted(image.access().scram()).forEach((user, credential) -> records.add(new ScramSet(user, credential)));
        sorted(image.access().acls()).forEach((id, acl) -> records.add(new AclAdded(id, acl)));
        return List.copyOf(records);
    }

    private static <K extends Comparable<? super K>, V> Map<K, V> sorted(Map<K, V> map) {
        return new TreeMap<>(map);
    }
}
