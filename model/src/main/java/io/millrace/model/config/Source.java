package io.millrace.model.config;

/// Who gave a value, as DescribeConfigs tells it.
public enum Source {
    /// The topic itself.
    TOPIC(1),
    /// The settings of this node in the metadata log.
    NODE(2),
    /// The settings of all nodes in the metadata log.
    CLUSTER(3),
    /// What the server was started with: a file, `--set`, a flag.
    START(4),
    /// Nobody.
    DEFAULT(5),
    /// The subscription to clients' metrics itself.
    CLIENT_METRICS(7),
    /// The group itself.
    GROUP(8);

    private final byte id;

    Source(int id) {
        this.id = (byte) id;
    }

    /// The number in DescribeConfigs' answer.
    public byte id() {
        return id;
    }
}
