package io.millrace.folder;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.Uuid;

/// Whose entries these are in the write-ahead log of a folder: one partition of one topic.
public record WalLog(Uuid topicId, PartitionName name) {

    private static final int FIXED_BYTES = 2 * Long.BYTES + Integer.BYTES;

    /// Topic id, partition, and the topic's name up to the end.
    byte[] encode() {
        var topic = name.topic().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + topic.length)
                .putLong(topicId.getMostSignificantBits())
                .putLong(topicId.getLeastSignificantBits())
                .putInt(name.partition())
                .put(topic)
                .array();
    }

    /// @throws RuntimeException when the bytes are none of [#encode]
    static WalLog decode(ByteBuffer from) {
        var topicId = new Uuid(from.getLong(), from.getLong());
        int partition = from.getInt();
        return new WalLog(
                topicId, new PartitionName(StandardCharsets.UTF_8.decode(from).toString(), partition));
    }
}
