package io.millrace.replica;

import io.millrace.model.metrics.Metrics;

/// What a topic counts.
final class TopicMeters {

    private static final String IN = "millrace_topic_bytes_in_total";
    private static final String OUT = "millrace_topic_bytes_out_total";
    private static final String SIZE = "millrace_log_size_bytes";

    private final Metrics metrics;
    private final String topic;
    private final Metrics.Counter bytesIn;
    private final Metrics.Counter bytesOut;

    TopicMeters(Metrics metrics, String topic) {
        this.metrics = metrics;
        this.topic = topic;
        this.bytesIn = metrics.counter(IN, "Bytes of batches appended.", "topic", topic);
        this.bytesOut = metrics.counter(OUT, "Bytes of batches handed out to readers.", "topic", topic);
    }

    void bytesIn(int bytes) {
        bytesIn.add(bytes);
    }

    void bytesOut(int bytes) {
        bytesOut.add(bytes);
    }

    void watch(Partition partition) {
        metrics.gauge(
                SIZE,
                "Bytes of the partition on this node's disk.",
                partition::sizeBytes,
                "topic",
                topic,
                "partition",
                Integer.toString(partition.id().index()));
    }

    void forget(int partition) {
        metrics.forget(SIZE, "topic", topic, "partition", Integer.toString(partition));
    }

    void forgetTopic() {
        metrics.forget(IN, "topic", topic);
        metrics.forget(OUT, "topic", topic);
    }
}
