package io.millrace.metadata;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// The topics of a cluster, by name and by id. Never changes.
///
/// Topics that did not change are the same objects in the next image: a change copies two maps of topics and the
/// partitions of one topic, not the cluster.
final class Topics {

    static final Topics NONE = new Topics(Map.of(), Map.of());

    private final Map<Uuid, Topic> byId;
    private final Map<String, Topic> byName;

    private Topics(Map<Uuid, Topic> byId, Map<String, Topic> byName) {
        this.byId = byId;
        this.byName = byName;
    }

    /// These topics with `changed` put in the place of those with the same ids, and `gone` removed.
    Topics with(Collection<Topic> changed, Collection<Topic> gone) {
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
        return new Topics(Collections.unmodifiableMap(ids), Collections.unmodifiableMap(names));
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
