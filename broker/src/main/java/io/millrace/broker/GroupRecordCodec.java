package io.millrace.broker;

import io.millrace.coordinator.group.CommittedOffset;
import io.millrace.coordinator.group.GroupCommand.Client;
import io.millrace.coordinator.group.GroupRecord;
import io.millrace.coordinator.group.GroupRecord.GroupForgotten;
import io.millrace.coordinator.group.GroupRecord.GroupStored;
import io.millrace.coordinator.group.GroupRecord.OffsetCommitted;
import io.millrace.coordinator.group.GroupRecord.OffsetForgotten;
import io.millrace.coordinator.group.GroupRecord.StoredMember;
import io.millrace.coordinator.group.Opaque;
import io.millrace.model.machine.Ephemeral;
import io.millrace.model.record.LogRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// The records of `__consumer_offsets`, byte for byte as Kafka writes them.
///
/// A key begins with its type: 0 and 1 a committed offset, 2 a group; a value with its version. We write
/// the versions that Kafka 4.4 writes and read all there ever were. A record without value is a tombstone.
/// Keys of other types (groups of newer protocols) are skipped.
final class GroupRecordCodec {

    private static final int OLD_OFFSET_KEY = 0;
    private static final int OFFSET_KEY = 1;
    private static final int GROUP_KEY = 2;

    private static final int OFFSET_VALUE = 4;

    /// The only version that says when an offset ends; it does not say the leader epoch.
    private static final int OFFSET_VALUE_WITH_END = 1;

    private static final int GROUP_VALUE = 3;
    private static final int NEWEST_VALUE = 4;
    private static final int TOPIC_ID_TAG = 0;

    private GroupRecordCodec() {}

    /// @param record     a durable one
    /// @param timestampMs of the record in the log
    static LogRecord encode(GroupRecord record, long timestampMs) {
        return switch (record) {
            case OffsetCommitted committed ->
                LogRecord.of(
                        timestampMs,
                        offsetKey(committed.group(), committed.topic(), committed.partition()),
                        offsetValue(committed.offset()));
            case OffsetForgotten forgotten ->
                LogRecord.of(timestampMs, offsetKey(forgotten.group(), forgotten.topic(), forgotten.partition()), null);
            case GroupStored stored -> LogRecord.of(timestampMs, groupKey(stored.group()), groupValue(stored));
            case GroupForgotten forgotten -> LogRecord.of(timestampMs, groupKey(forgotten.group()), null);
            case Ephemeral _ -> throw new IllegalArgumentException("not durable: " + record);
        };
    }

    /// The record, or empty where it is of a type we do not keep.
    ///
    /// @throws IllegalArgumentException when the bytes are no such record
    static Optional<GroupRecord> decode(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        if (key == null) throw new IllegalArgumentException("a record without key");
        var in = new PlainReader(key);
        return switch (in.int16()) {
            case OLD_OFFSET_KEY, OFFSET_KEY -> Optional.of(offset(in, value));
            case GROUP_KEY -> Optional.of(group(in.text(false), value));
            default -> Optional.empty();
        };
    }

    private static ByteBuffer offsetKey(String group, String topic, int partition) {
        return new PlainWriter()
                .int16(OFFSET_KEY)
                .text(group)
                .text(topic)
                .int32(partition)
                .written();
    }

    private static ByteBuffer groupKey(String group) {
        return new PlainWriter().int16(GROUP_KEY).text(group).written();
    }

    private static ByteBuffer offsetValue(CommittedOffset offset) {
        if (offset.expireTimeMs() >= 0) {
            return new PlainWriter()
                    .int16(OFFSET_VALUE_WITH_END)
                    .int64(offset.offset())
                    .text(offset.metadata())
                    .int64(offset.commitTimeMs())
                    .int64(offset.expireTimeMs())
                    .written();
        }
        var out = new PlainWriter()
                .int16(OFFSET_VALUE)
                .int64(offset.offset())
                .int32(offset.leaderEpoch())
                .compactText(offset.metadata())
                .int64(offset.commitTimeMs());
        var id = offset.topicId();
        if (id.equals(Uuid.ZERO_UUID)) return out.varint(0).written();
        return out.varint(1)
                .varint(TOPIC_ID_TAG)
                .varint(2 * Long.BYTES)
                .int64(id.getMostSignificantBits())
                .int64(id.getLeastSignificantBits())
                .written();
    }

    private static GroupRecord offset(PlainReader key, @Nullable ByteBuffer value) {
        var group = key.text(false);
        var topic = key.text(false);
        int partition = key.int32();
        if (value == null) return new OffsetForgotten(group, topic, partition);
        return new OffsetCommitted(group, topic, partition, offset(value));
    }

    private static CommittedOffset offset(ByteBuffer value) {
        var in = new PlainReader(value);
        int version = version(in);
        boolean compact = version >= 4;
        long offset = in.int64();
        int leaderEpoch = version >= 3 ? in.int32() : -1;
        var metadata = in.text(compact);
        long commitTimeMs = in.int64();
        long expireTimeMs = version == OFFSET_VALUE_WITH_END ? in.int64() : -1;
        var topicId = compact ? topicId(in) : Uuid.ZERO_UUID;
        return new CommittedOffset(offset, leaderEpoch, metadata, commitTimeMs, expireTimeMs, topicId);
    }

    private static Uuid topicId(PlainReader in) {
        var id = Uuid.ZERO_UUID;
        for (int tags = in.varint(); tags > 0; tags--) {
            int tag = in.varint();
            int size = in.varint();
            if (tag == TOPIC_ID_TAG && size == 2 * Long.BYTES) {
                id = in.uuid();
            } else {
                in.skip(size);
            }
        }
        return id;
    }

    private static ByteBuffer groupValue(GroupStored stored) {
        var out = new PlainWriter()
                .int16(GROUP_VALUE)
                .text(stored.protocolType())
                .int32(stored.generation())
                .text(stored.protocol())
                .text(stored.leader())
                .int64(stored.sinceMs())
                .int32(stored.members().size());
        for (var member : stored.members()) {
            out.text(member.id())
                    .text(member.instanceId())
                    .text(member.client().id())
                    .text(member.client().host())
                    .int32(member.rebalanceTimeoutMs())
                    .int32(member.sessionTimeoutMs())
                    .bytes(member.subscription().bytes())
                    .bytes(member.assignment().bytes());
        }
        return out.written();
    }

    private static GroupRecord group(String group, @Nullable ByteBuffer value) {
        if (value == null) return new GroupForgotten(group);
        var in = new PlainReader(value);
        int version = version(in);
        boolean compact = version >= 4;
        var protocolType = in.text(compact);
        int generation = in.int32();
        var protocol = in.textOrNull(compact);
        var leader = in.textOrNull(compact);
        long sinceMs = version >= 2 ? in.int64() : -1;
        int count = in.count(compact);
        var members = new ArrayList<StoredMember>(count);
        for (int i = 0; i < count; i++) members.add(member(in, version));
        return new GroupStored(group, protocolType, generation, protocol, leader, sinceMs, members);
    }

    private static StoredMember member(PlainReader in, int version) {
        boolean compact = version >= 4;
        var id = in.text(compact);
        var instanceId = version >= 3 ? in.textOrNull(compact) : null;
        var client = new Client(in.text(compact), in.text(compact));
        int rebalanceTimeoutMs = version >= 1 ? in.int32() : -1;
        int sessionTimeoutMs = in.int32();
        var subscription = Opaque.of(in.bytes(compact));
        var assignment = Opaque.of(in.bytes(compact));
        if (compact) in.skipTags();
        return new StoredMember(
                id,
                instanceId,
                client,
                rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
                sessionTimeoutMs,
                subscription,
                assignment);
    }

    private static int version(PlainReader in) {
        int version = in.int16();
        if (version < 0 || version > NEWEST_VALUE) {
            throw new IllegalArgumentException("a value of version " + version + " cannot be read");
        }
        return version;
    }
}
