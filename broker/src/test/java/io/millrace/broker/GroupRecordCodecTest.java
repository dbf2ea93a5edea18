package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.coordinator.group.CommittedOffset;
import io.millrace.coordinator.group.GroupCommand.Client;
import io.millrace.coordinator.group.GroupRecord;
import io.millrace.coordinator.group.GroupRecord.GroupForgotten;
import io.millrace.coordinator.group.GroupRecord.GroupStored;
import io.millrace.coordinator.group.GroupRecord.IdGiven;
import io.millrace.coordinator.group.GroupRecord.OffsetCommitted;
import io.millrace.coordinator.group.GroupRecord.OffsetForgotten;
import io.millrace.coordinator.group.GroupRecord.StoredMember;
import io.millrace.coordinator.group.Opaque;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordHelpers;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.OffsetAndMetadata;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.LegacyOffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupRecordCodecTest {

    private static final Uuid TOPIC = new Uuid(11, -12);
    private final GroupCoordinatorRecordSerde kafka = new GroupCoordinatorRecordSerde();

    @Test
    void offsetsAreWrittenAsKafkaWritesThem() {
        for (long expireMs : new long[] {-1, 77_000}) {
            for (var topicId : List.of(TOPIC, Uuid.ZERO_UUID)) {
                var ours = new OffsetCommitted(
                        "gruppe \u00e4",
                        "orders",
                        3,
                        new CommittedOffset(42, 7, "note \u20ac", 5_000, expireMs, topicId));
                var theirs = GroupCoordinatorRecordHelpers.newOffsetCommitRecord(
                        "gruppe \u00e4",
                        "orders",
                        3,
                        new OffsetAndMetadata(
                                42,
                                OptionalInt.of(7),
                                "note \u20ac",
                                5_000,
                                expireMs < 0 ? OptionalLong.empty() : OptionalLong.of(expireMs),
                                topicId));
                assertSame(theirs, ours);
            }
        }
    }

    @Test
    void whatIsForgottenIsATombstone() {
        assertSame(
                GroupCoordinatorRecordHelpers.newOffsetCommitTombstoneRecord("g", "orders", 3),
                new OffsetForgotten("g", "orders", 3));
        assertSame(GroupCoordinatorRecordHelpers.newGroupMetadataTombstoneRecord("g"), new GroupForgotten("g"));
    }

    @Test
    void groupsAreWrittenAsKafkaWritesThem() {
        assertSame(kafkaGroup(3), group("inst", 60_000, 123));
        var empty = new GroupStored("g", "", 0, null, null, 9, List.of());
        var value = new GroupMetadataValue()
                .setProtocolType("")
                .setGeneration(0)
                .setProtocol(null)
                .setLeader(null)
                .setCurrentStateTimestamp(9);
        assertSame(record(new GroupMetadataKey().setGroup("g"), value, 3), empty);
    }

    @Test
    void everyVersionOfAGroupIsRead() {
        var expected = List.of(
                group(null, 10_000, -1),
                group(null, 60_000, -1),
                group(null, 60_000, 123),
                group("inst", 60_000, 123),
                group("inst", 60_000, 123));
        for (int version = 0; version <= 4; version++) {
            assertEquals(Optional.of(expected.get(version)), read(kafkaGroup(version)), "version " + version);
        }
    }

    @Test
    void everyVersionOfAnOffsetIsRead() {
        var value = new OffsetCommitValue()
                .setOffset(42)
                .setLeaderEpoch(7)
                .setMetadata("note")
                .setCommitTimestamp(5_000)
                .setExpireTimestamp(6_000)
                .setTopicId(TOPIC);
        var expected = List.of(
                new CommittedOffset(42, -1, "note", 5_000, -1, Uuid.ZERO_UUID),
                new CommittedOffset(42, -1, "note", 5_000, 6_000, Uuid.ZERO_UUID),
                new CommittedOffset(42, -1, "note", 5_000, -1, Uuid.ZERO_UUID),
                new CommittedOffset(42, 7, "note", 5_000, -1, Uuid.ZERO_UUID),
                new CommittedOffset(42, 7, "note", 5_000, -1, TOPIC));
        var key = new OffsetCommitKey().setGroup("g").setTopic("orders").setPartition(3);
        for (int version = 0; version <= 4; version++) {
            assertEquals(
                    Optional.of(new OffsetCommitted("g", "orders", 3, expected.get(version))),
                    read(record(key, value, version)),
                    "version " + version);
        }
        var old = MessageUtil.toCoordinatorTypePrefixedByteBuffer(
                new LegacyOffsetCommitKey().setGroup("g").setTopic("orders").setPartition(3));
        assertEquals(Optional.of(new OffsetForgotten("g", "orders", 3)), GroupRecordCodec.decode(old, null));
    }

    @Test
    void recordsOfOtherGroupsAreSkipped() {
        var key = MessageUtil.toCoordinatorTypePrefixedByteBuffer(new ConsumerGroupMetadataKey().setGroupId("g"));
        assertEquals(Optional.empty(), GroupRecordCodec.decode(key, null));
        assertThrows(IllegalArgumentException.class, () -> GroupRecordCodec.encode(new IdGiven("g", "member"), 0));
    }

    @Test
    void anyBytesAreARecordOrAnError() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            var record = GroupRecordCodec.encode(group("inst", 60_000, 123), 0);
            var key = spoil(random, record.key());
            var value = spoil(random, random.nextBoolean() ? record.value() : kafkaValue(random.nextInt(5)));
            try {
                GroupRecordCodec.decode(key, value);
            } catch (IllegalArgumentException e) {
                // The declared error.
                assertEquals(IllegalArgumentException.class, e.getClass(), "seed " + seed);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + i, e);
            }
        }
    }

    private static @Nullable ByteBuffer spoil(Random random, @Nullable ByteBuffer good) {
        if (good == null) return null;
        var bytes = new byte[good.remaining()];
        good.duplicate().get(bytes);
        for (int i = random.nextInt(4); i > 0; i--) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        return ByteBuffer.wrap(bytes, 0, random.nextInt(5) == 0 ? random.nextInt(bytes.length) : bytes.length);
    }

    private ByteBuffer kafkaValue(int version) {
        return ByteBuffer.wrap(kafka.serializeValue(kafkaGroup(version)));
    }

    private static GroupStored group(@Nullable String instance, int rebalanceMs, long sinceMs) {
        var member = new StoredMember(
                "m-1",
                instance,
                new Client("app", "/10.0.0.1"),
                rebalanceMs,
                10_000,
                Opaque.of(new byte[] {1, 2, 3}),
                Opaque.of(new byte[300]));
        return new GroupStored("g", "consumer", 5, "range", "m-1", sinceMs, List.of(member));
    }

    private static CoordinatorRecord kafkaGroup(int version) {
        var member = new GroupMetadataValue.MemberMetadata()
                .setMemberId("m-1")
                .setGroupInstanceId("inst")
                .setClientId("app")
                .setClientHost("/10.0.0.1")
                .setRebalanceTimeout(60_000)
                .setSessionTimeout(10_000)
                .setSubscription(new byte[] {1, 2, 3})
                .setAssignment(new byte[300]);
        var value = new GroupMetadataValue()
                .setProtocolType("consumer")
                .setGeneration(5)
                .setProtocol("range")
                .setLeader("m-1")
                .setCurrentStateTimestamp(123)
                .setMembers(List.of(member));
        return record(new GroupMetadataKey().setGroup("g"), value, version);
    }

    private static CoordinatorRecord record(
            org.apache.kafka.common.protocol.ApiMessage key,
            org.apache.kafka.common.protocol.ApiMessage value,
            int version) {
        return CoordinatorRecord.record(key, new ApiMessageAndVersion(value, (short) version));
    }

    private Optional<GroupRecord> read(CoordinatorRecord record) {
        return GroupRecordCodec.decode(
                ByteBuffer.wrap(kafka.serializeKey(record)), ByteBuffer.wrap(kafka.serializeValue(record)));
    }

    /// Both write the same bytes, and we read what we wrote.
    private void assertSame(CoordinatorRecord theirs, GroupRecord ours) {
        var written = GroupRecordCodec.encode(ours, 99);
        assertEquals(99, written.timestampMs());
        assertArrayEquals(kafka.serializeKey(theirs), bytes(written.key()));
        byte[] value = kafka.serializeValue(theirs);
        if (value == null) {
            assertNull(written.value());
        } else {
            assertArrayEquals(value, bytes(written.value()));
        }
        var read = GroupRecordCodec.decode(written.key(), written.value()).orElseThrow();
        assertEquals(endingLosesItsEpoch(ours), read);
    }

    /// Kafka's record of an offset that ends at a time of its own has no room for the epoch and the topic's
    /// id.
    private static GroupRecord endingLosesItsEpoch(GroupRecord record) {
        if (!(record instanceof OffsetCommitted committed) || committed.offset().expireTimeMs() < 0) return record;
        var offset = committed.offset();
        var kept = new CommittedOffset(
                offset.offset(), -1, offset.metadata(), offset.commitTimeMs(), offset.expireTimeMs(), Uuid.ZERO_UUID);
        return new OffsetCommitted(committed.group(), committed.topic(), committed.partition(), kept);
    }

    private static byte[] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) throw new AssertionError("null");
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
