package io.millrace.model.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that was said about the settings of one server, layer over layer: what the metadata log says
/// of this node, what it says of all nodes, what the server was started with, and what follows from the
/// machine.
///
/// @param node    from the metadata log, for this node
/// @param cluster from the metadata log, for all nodes
/// @param start   what the server was started with
/// @param derived see [DerivedDefaults]
public record ServerLayers(
        Map<String, String> node, Map<String, String> cluster, Map<String, String> start, Map<String, String> derived) {

    public ServerLayers {
        node = Map.copyOf(node);
        cluster = Map.copyOf(cluster);
        start = Map.copyOf(start);
        derived = Map.copyOf(derived);
    }

    /// A server that nobody said anything about, on a machine like `here`.
    public static ServerLayers of(Map<String, String> start, DerivedDefaults.Surroundings here) {
        return new ServerLayers(Map.of(), Map.of(), start, DerivedDefaults.of(here));
    }

    /// The same with what the metadata log says now.
    public ServerLayers with(Map<String, String> ofNode, Map<String, String> ofCluster) {
        return new ServerLayers(ofNode, ofCluster, start, derived);
    }

    /// The values of the server's own settings.
    public ConfigValues values() {
        return ConfigValues.of(derived).under(start).under(cluster).under(node);
    }

    /// The values of every setting of a topic, in the topic's own names and units.
    ///
    /// @param ofTopic what the topic itself says
    public ConfigValues topicValues(Map<String, String> ofTopic) {
        var below = new HashMap<String, String>();
        for (var key : TopicSettings.ALL) {
            var given = strongest(key);
            if (given != null) below.put(key.name(), given.inTopicsUnit());
        }
        return ConfigValues.of(below).under(ofTopic);
    }

    /// The value of a server setting.
    public Described describe(ConfigKey<?> key) {
        var layers = new ArrayList<Described.Layer>();
        addGiven(layers, key.name());
        var first = layers.isEmpty() ? null : layers.getFirst();
        var byDefault = shown(key, derived.getOrDefault(key.name(), key.defaultText()));
        layers.add(new Described.Layer(key.name(), byDefault, Source.DEFAULT));
        return first == null
                ? new Described(key, byDefault, Source.DEFAULT, layers)
                : new Described(key, first.text(), first.source(), layers);
    }

    /// The value of a topic setting.
    ///
    /// @param ofTopic what the topic itself says
    public Described describeTopic(ConfigKey<?> key, Map<String, String> ofTopic) {
        var layers = new ArrayList<Described.Layer>();
        var own = ofTopic.get(key.name());
        if (own != null) layers.add(new Described.Layer(key.name(), own, Source.TOPIC));
        for (var source : List.of(Source.NODE, Source.CLUSTER, Source.START))
            for (var twin : TopicDefaults.of(key.name()))
                addGiven(layers, twin.key().name(), source);

        var twins = TopicDefaults.of(key.name());
        var defaultName = twins.isEmpty() ? key.name() : twins.getFirst().key().name();
        layers.add(new Described.Layer(defaultName, shown(key, key.defaultText()), Source.DEFAULT));

        if (own != null) return new Described(key, own, Source.TOPIC, layers);
        var given = strongest(key);
        return given == null
                ? new Described(key, shown(key, key.defaultText()), Source.DEFAULT, layers)
                : new Described(key, given.inTopicsUnit(), given.source(), layers);
    }

    /// The value of a setting that has no layer of the server below it: of a group or a subscription.
    ///
    /// @param own    what the group or the subscription itself says
    /// @param source what it is
    public static Described describeOwn(ConfigKey<?> key, Map<String, String> own, Source source) {
        var byDefault = new Described.Layer(key.name(), shown(key, key.defaultText()), Source.DEFAULT);
        var text = own.get(key.name());
        if (text == null) return new Described(key, byDefault.text(), Source.DEFAULT, List.of(byDefault));
        return new Described(key, text, source, List.of(new Described.Layer(key.name(), text, source), byDefault));
    }

    private record Given(TopicDefaults.Twin twin, String text, Source source) {

        String inTopicsUnit() {
            return twin.translate(text);
        }
    }

    /// What counts for a topic that says nothing itself: the upper layer first, in it the finest unit.
    private @Nullable Given strongest(ConfigKey<?> key) {
        for (var source : List.of(Source.NODE, Source.CLUSTER, Source.START)) {
            for (var twin : TopicDefaults.of(key.name())) {
                var text = layer(source).get(twin.key().name());
                if (text != null && !text.isEmpty()) return new Given(twin, text, source);
            }
        }
        return null;
    }

    private void addGiven(List<Described.Layer> layers, String name) {
        for (var source : List.of(Source.NODE, Source.CLUSTER, Source.START)) addGiven(layers, name, source);
    }

    private void addGiven(List<Described.Layer> layers, String name, Source source) {
        var text = layer(source).get(name);
        if (text != null) layers.add(new Described.Layer(name, text, source));
    }

    private Map<String, String> layer(Source source) {
        return switch (source) {
            case NODE -> node;
            case CLUSTER -> cluster;
            case START -> start;
            case TOPIC, DEFAULT, CLIENT_METRICS, GROUP ->
                throw new IllegalArgumentException("not a layer of a server: " + source);
        };
    }

    /// Text as clients see it: a number that is not set is null, an empty text or list is empty.
    private static @Nullable String shown(ConfigKey<?> key, String text) {
        boolean mayBeEmpty = key.type() == ConfigKey.Type.STRING || key.type() == ConfigKey.Type.LIST;
        return text.isEmpty() && !mayBeEmpty ? null : text;
    }
}
