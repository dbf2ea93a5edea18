package io.millrace.metadata;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/// What changed from one image to a later one, so that whoever follows the cluster visits only what was touched.
///
/// A topic deleted and made again under its name is in both lists: deleted with its old id, created with its new one.
///
/// @param created  topics that were not there before
/// @param changed  topics of which partitions were changed or added
/// @param deleted  topics that are gone, as they were
/// @param configs  resources whose settings are not what they were; never one of a topic that is gone
/// @param nodes    did nodes come, go or change?
public record ImageDelta(
        List<Topic> created,
        List<ChangedTopic> changed,
        List<Topic> deleted,
        Collection<ConfigResource> configs,
        boolean nodes) {

    /// @param partitions numbers of the partitions that are new or in another state, in order
    public record ChangedTopic(Topic before, Topic now, List<Integer> partitions) {}

    /// Costs a look at every topic when any changed; what both images share is equal at a glance.
    static ImageDelta between(ClusterImage earlier, ClusterImage later) {
        var created = new ArrayList<Topic>();
        var changed = new ArrayList<ChangedTopic>();
        var deleted = new ArrayList<Topic>();
        if (earlier.topicMaps() != later.topicMaps()) {
            for (var now : later.topics()) {
                var before = earlier.topic(now.id()).orElse(null);
                if (before == null) created.add(now);
                else if (!before.equals(now)) change(before, now, changed);
            }
            for (var before : earlier.topics()) {
                if (later.topic(before.id()).isEmpty()) deleted.add(before);
            }
        }
        return new ImageDelta(
                List.copyOf(created),
                List.copyOf(changed),
                List.copyOf(deleted),
                configs(earlier, later),
                !earlier.nodeMap().equals(later.nodeMap()));
    }

    private static void change(Topic before, Topic now, List<ChangedTopic> changed) {
        var partitions = new ArrayList<Integer>();
        for (int i = 0; i < now.partitions().size(); i++) {
            if (i >= before.partitions().size()
                    || !before.partitions().get(i).equals(now.partitions().get(i))) partitions.add(i);
        }
        if (!partitions.isEmpty()) changed.add(new ChangedTopic(before, now, List.copyOf(partitions)));
    }

    private static Collection<ConfigResource> configs(ClusterImage earlier, ClusterImage later) {
        var touched = new TreeSet<ConfigResource>();
        differing(earlier.configMaps(), later.configMaps(), touched);
        differing(later.configMaps(), earlier.configMaps(), touched);
        touched.removeIf(of ->
                of.kind() == ConfigResource.Kind.TOPIC && later.topic(of.name()).isEmpty());
        return List.copyOf(touched);
    }

    private static void differing(
            Map<ConfigResource, Map<String, String>> one,
            Map<ConfigResource, Map<String, String>> other,
            Collection<ConfigResource> touched) {
        one.forEach((of, settings) -> {
            if (!Objects.equals(settings, other.get(of))) touched.add(of);
        });
    }
}
