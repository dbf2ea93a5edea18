package io.millrace.model.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Every setting there is: ours by their keys, and all the names of Kafka 4.4.
///
/// Whatever Kafka accepts is accepted here too, so that files and scripts made for Kafka go on working;
/// a name that nobody knows is refused, with the nearest one that exists.
public final class Catalogue {

    /// What a setting is a setting of.
    public enum Of {
        SERVER,
        TOPIC,
        GROUP,
        CLIENT_METRICS
    }

    /// What came of looking a name up.
    public sealed interface Found {}

    /// It means something here.
    public record Known(ConfigKey<?> key) implements Found {}

    /// It is one of Kafka's and has no effect here.
    ///
    /// @param key to check values with; null when any text is taken
    /// @param why a half sentence: "`name` `why`"
    public record Accepted(String name, @Nullable ConfigKey<?> key, String why) implements Found {}

    /// There is no such setting.
    ///
    /// @param nearest the one that was probably meant, or null when nothing is near
    public record Unknown(String name, @Nullable String nearest) implements Found {

        /// A half sentence: "`name` is not a setting ...".
        public String why() {
            var meant = nearest == null ? "" : "; did you mean " + nearest + "?";
            return "is not a setting" + Bygone.of(name).map(what -> "; " + what).orElse(meant);
        }
    }

    private static final String NO_EFFECT = "is accepted and has no effect here";

    private static final Map<Of, Map<String, ConfigKey<?>>> KEYS = Map.of(
            Of.SERVER, byName(ServerSettings.ALL),
            Of.TOPIC, byName(TopicSettings.ALL),
            Of.GROUP, byName(GroupSettings.ALL),
            Of.CLIENT_METRICS, byName(ClientMetricsSettings.ALL));

    private static final Map<Of, Set<String>> NAMES = Map.of(
            Of.SERVER, all(Of.SERVER, KafkaNames.SERVER, KafkaNames.SERVER_BESIDES),
            Of.TOPIC, all(Of.TOPIC, KafkaNames.TOPIC, List.of()),
            Of.GROUP, all(Of.GROUP, KafkaNames.GROUP, List.of()),
            Of.CLIENT_METRICS, all(Of.CLIENT_METRICS, KafkaNames.CLIENT_METRICS, List.of()));

    /// Topic defaults, and settings of compaction and scrubbing, that take effect on the next look at
    /// the layers, without a restart.
    private static final Set<String> CHANGEABLE = changeable();

    private Catalogue() {}

    /// What `name` is as a setting of `of`.
    public static Found find(Of of, String name) {
        var key = KEYS.getOrDefault(of, Map.of()).get(name);
        if (key != null) return key.about().effective() ? new Known(key) : new Accepted(name, key, NO_EFFECT);
        if (names(of).contains(name)) return new Accepted(name, null, NO_EFFECT);
        if (of == Of.SERVER) {
            for (var prefix : KafkaNames.SERVER_PREFIXES)
                if (name.startsWith(prefix) && name.length() > prefix.length())
                    return new Accepted(name, null, NO_EFFECT);
        }
        return new Unknown(name, Nearest.to(name, names(of)));
    }

    /// What `name` is where a server is set up: a setting of the server, or one of another kind, which
    /// Kafka's files may name too and which has no effect there.
    public static Found findForServer(String name) {
        var found = find(Of.SERVER, name);
        if (!(found instanceof Unknown)) return found;
        for (var of : List.of(Of.TOPIC, Of.GROUP, Of.CLIENT_METRICS))
            if (names(of).contains(name)) return new Accepted(name, null, elsewhere(of, name));
        return found;
    }

    /// Every valid name, those that hold a listener's or plugin's own name excepted.
    public static Set<String> names(Of of) {
        return NAMES.getOrDefault(of, Set.of());
    }

    /// The key of `name`, or null when it has none: it is unknown, or accepted with any value.
    public static @Nullable ConfigKey<?> key(Of of, String name) {
        return KEYS.getOrDefault(of, Map.of()).get(name);
    }

    /// Whether a setting of the server may be changed while it runs, through the metadata log.
    public static boolean isChangeable(String serverSetting) {
        boolean anyValue = key(Of.SERVER, serverSetting) == null;
        if (!anyValue) return CHANGEABLE.contains(serverSetting);
        return KafkaNames.SERVER_CHANGEABLE.contains(serverSetting) || serverSetting.startsWith("listener.name.");
    }

    private static String elsewhere(Of of, String name) {
        var twins = TopicDefaults.of(name);
        return switch (of) {
            case TOPIC ->
                "is a setting of topics and has no effect here"
                        + (twins.isEmpty()
                                ? ""
                                : "; the default of all topics is "
                                        + twins.getFirst().key().name());
            case GROUP -> "is a setting of groups and has no effect here";
            case CLIENT_METRICS -> "is a setting of clients' metrics and has no effect here";
            case SERVER -> NO_EFFECT;
        };
    }

    private static Map<String, ConfigKey<?>> byName(Collection<ConfigKey<?>> keys) {
        var map = new HashMap<String, ConfigKey<?>>();
        for (var key : keys)
            if (map.put(key.name(), key) != null) throw new AssertionError("two keys are named " + key.name());
        return Map.copyOf(map);
    }

    private static Set<String> all(Of of, List<String> kafka, List<String> besides) {
        var names = new HashSet<>(kafka);
        names.addAll(besides);
        names.addAll(KEYS.getOrDefault(of, Map.of()).keySet());
        return Set.copyOf(names);
    }

    private static Set<String> changeable() {
        var names = new ArrayList<String>();
        for (var key : TopicDefaults.ALL)
            if (key.name().equals("log.durability") || KafkaNames.SERVER_CHANGEABLE.contains(key.name()))
                names.add(key.name());
        for (var key : ServerSettings.ALL) {
            boolean isOfCompaction = key.name().startsWith("log.cleaner.");
            if (isOfCompaction && KafkaNames.SERVER_CHANGEABLE.contains(key.name())) names.add(key.name());
            if (key.name().startsWith("log.scrub.")) names.add(key.name());
        }
        return Set.copyOf(names);
    }
}
