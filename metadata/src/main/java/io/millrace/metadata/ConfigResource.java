package io.millrace.metadata;

/// Something that carries settings of its own.
///
/// @param name the topic's, group's or client-metrics subscription's name; the broker's id in decimal, where
///             the empty name stands for all brokers of the cluster
public record ConfigResource(Kind kind, String name) implements Comparable<ConfigResource> {

    /// What carries settings. The codes are those of Kafka's protocol.
    public enum Kind {
        TOPIC(2),
        BROKER(4),
        CLIENT_METRICS(16),
        GROUP(32);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /// @throws IllegalArgumentException when no kind has this code
        public static Kind of(int code) {
            for (var kind : values()) {
                if (kind.code == code) return kind;
            }
            throw new IllegalArgumentException("no kind of resource has the code " + code);
        }
    }

    /// The settings that hold for all brokers unless one has its own.
    public static final ConfigResource ALL_BROKERS = new ConfigResource(Kind.BROKER, "");

    public static ConfigResource topic(String name) {
        return new ConfigResource(Kind.TOPIC, name);
    }

    public static ConfigResource broker(int id) {
        return new ConfigResource(Kind.BROKER, Integer.toString(id));
    }

    public static ConfigResource group(String name) {
        return new ConfigResource(Kind.GROUP, name);
    }

    @Override
    public int compareTo(ConfigResource other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }
}
