package io.millrace.metadata;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/// The topics of a cluster, by name and by id, and the ids of those that were deleted last.
/// Never changes.
///
/// Topics that did not change are the same objects in the next image: a change copies two maps of topics
/// and the partitions of one topic, not the cluster.
final class Topics {

    /// So many deleted topics are remembered: a node that was down meanwhile is told by them what of its
    /// data may go.
    static final int MOST_BURIED = 10_000;

    static final Topics NONE = new Topics(Map.of(), Map.of(), List.of());

    private final Map<Uuid, Topic> byId;
    private final Map<String, Topic> byName;

    private final List<Uuid> buried;

    private Topics(Map<Uuid, Topic> byId, Map<String, Topic> byName, List<Uuid> buried) {
        this.byId = byId;
        this.byName = byName;
        this.buried = buried;
    }

    /// These topics with `changed` put in the place of those with the same ids, and `gone` removed.
    ///
    /// @param newlyBuried what was deleted, oldest first; topics among it that nobody knew, too
    Topics with(Collection<Topic> changed, Collection<Topic> gone, List<Uuid> newlyBuried) {
        var ids = new HashMap<>(byId);
        var names = new HashMap<>(byName);
        for (var topic : gone) {
            ids.remove(topic.id());
            names.remove(topic.name());
        }
        for (var topic : changed) {
            ids.put(topic.id(), topic);
            names.put(topic.name(), topic);
        }
        return new Topics(
                Collections.unmodifiableMap(ids), Collections.unmodifiableMap(names), buriedWith(newlyBuried));
    }

    private List<Uuid> buriedWith(List<Uuid> newlyBuried) {
        if (newlyBuried.isEmpty()) return buried;
        return Stream.concat(buried.stream(), newlyBuried.stream())
                .skip(Math.max(0, buried.size() + newlyBuried.size() - MOST_BURIED))
                .toList();
    }

    /// The ids of the topics that were deleted last, oldest first.
    List<Uuid> buried() {
        return buried;
    }

    Optional<Topic> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<Topic> withId(Uuid id) {
        return Optional.ofNullable(byId.get(id));
    }

    Collection<Topic> all() {
        return byId.values();
    }
}
