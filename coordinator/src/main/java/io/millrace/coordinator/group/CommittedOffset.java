package io.millrace.coordinator.group;

import org.apache.kafka.common.Uuid;

/// How far a group has read one partition.
///
/// @param offset       the next offset to read
/// @param leaderEpoch  the epoch of the last record read, -1 when the client did not say
/// @param metadata     the client's own note, may be empty
/// @param commitTimeMs when it was committed, milliseconds since 1970
/// @param expireTimeMs when it ends, where an old client asked for a retention of its own; else -1
/// @param topicId      the topic it was committed for, `Uuid.ZERO_UUID` when not known
public record CommittedOffset(
        long offset, int leaderEpoch, String metadata, long commitTimeMs, long expireTimeMs, Uuid topicId) {

    /// Whether this may be an offset of topic `id`: unless both are known and differ, it may.
    public boolean mayBeOf(Uuid id) {
        return id.equals(Uuid.ZERO_UUID) || topicId.equals(Uuid.ZERO_UUID) || topicId.equals(id);
    }
}
