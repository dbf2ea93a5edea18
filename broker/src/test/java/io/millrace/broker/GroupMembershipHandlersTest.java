package io.millrace.broker;

import static io.millrace.broker.Calls.ask;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class GroupMembershipHandlersTest {

    private final MemoryShard shard = new MemoryShard();
    private long ids;
    private final JoinGroupHandler join = new JoinGroupHandler(shard, () -> new Uuid(1, ++ids));
    private final SyncGroupHandler sync = new SyncGroupHandler(shard);
    private final HeartbeatHandler heartbeat = new HeartbeatHandler(shard);
    private final LeaveGroupHandler leave = new LeaveGroupHandler(shard);

    private static JoinGroupRequestData joining(String group, String memberId) {
        var request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(30_000)
                .setProtocolType("consumer");
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {1, 2}));
        return request;
    }

    private static SyncGroupRequestData syncing(JoinGroupResponseData joined, String group) {
        return new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId())
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(List.of(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(new byte[] {9})));
    }

    @Test
    void aMemberJoinsSyncsLivesAndLeavesInEveryVersion() {
        for (int version = 0; version <= 9; version++) {
            var group = "group" + version;
            var answer = ask(join, version, joining(group, ""));
            if (version >= 4) {
                assertEquals(Errors.MEMBER_ID_REQUIRED.code(), answer.errorCode());
                answer = ask(join, version, joining(group, answer.memberId()));
            }
            assertEquals(Errors.NONE.code(), answer.errorCode());
            assertEquals(1, answer.generationId());
            assertEquals(answer.memberId(), answer.leader());
            assertEquals("range", answer.protocolName());
            assertArrayEquals(new byte[] {1, 2}, answer.members().getFirst().metadata());

            int syncVersion = Math.min(version, 5);
            var synced = ask(sync, syncVersion, syncing(answer, group));
            assertEquals(Errors.NONE.code(), synced.errorCode());
            assertArrayEquals(new byte[] {9}, synced.assignment());

            var beat = new HeartbeatRequestData()
                    .setGroupId(group)
                    .setMemberId(answer.memberId())
                    .setGenerationId(1);
            assertEquals(
                    Errors.NONE.code(),
                    ask(heartbeat, Math.min(version, 4), beat).errorCode());

            int leaveVersion = Math.min(version, 5);
            var leaving = new LeaveGroupRequestData().setGroupId(group);
            if (leaveVersion < 3) leaving.setMemberId(answer.memberId());
            else leaving.setMembers(List.of(new MemberIdentity().setMemberId(answer.memberId())));
            var left = ask(leave, leaveVersion, leaving);
            assertEquals(Errors.NONE.code(), left.errorCode());
            assertEquals(leaveVersion < 3 ? 0 : 1, left.members().size());
            assertEquals(
                    Errors.UNKNOWN_MEMBER_ID.code(),
                    ask(heartbeat, Math.min(version, 4), beat).errorCode());
        }
    }

    @Test
    void refusalsCanBeWrittenInEveryVersion() {
        for (var code : List.of(Errors.NOT_COORDINATOR, Errors.NOT_ENOUGH_REPLICAS, Errors.REQUEST_TIMED_OUT)) {
            shard.refuses = code;
            var told = code == Errors.NOT_COORDINATOR ? code : Errors.COORDINATOR_NOT_AVAILABLE;
            for (int version = 0; version <= 9; version++) {
                var refused = ask(join, version, joining("g", "me"));
                assertEquals(told.code(), refused.errorCode());
                assertEquals("me", refused.memberId());
                if (version >= 7) assertNull(refused.protocolName());
            }
            for (int version = 0; version <= 5; version++) {
                var request =
                        new SyncGroupRequestData().setProtocolType("consumer").setProtocolName("range");
                assertEquals(told.code(), ask(sync, version, request).errorCode());
                assertEquals(
                        told.code(),
                        ask(leave, version, new LeaveGroupRequestData()).errorCode());
            }
        }
    }

    @Test
    void badSessionsAndUnknownMembersAreRefused() {
        var tooShort = joining("g", "").setSessionTimeoutMs(1);
        assertEquals(
                Errors.INVALID_SESSION_TIMEOUT.code(), ask(join, 5, tooShort).errorCode());
        assertEquals(
                Errors.UNKNOWN_MEMBER_ID.code(),
                ask(join, 5, joining("g", "nobody")).errorCode());
        assertEquals(
                Errors.INVALID_GROUP_ID.code(), ask(join, 5, joining("", "")).errorCode());
    }

    @Test
    void aModernSyncMustNameItsProtocol() {
        var request = new SyncGroupRequestData().setGroupId("g").setMemberId("m");
        assertEquals(
                Errors.INCONSISTENT_GROUP_PROTOCOL.code(), ask(sync, 5, request).errorCode());
        assertEquals(Errors.UNKNOWN_MEMBER_ID.code(), ask(sync, 4, request).errorCode());
    }

    @Test
    void whileTheLogIsReplayedMembersGoOnLiving() {
        shard.refuses = Errors.COORDINATOR_LOAD_IN_PROGRESS;
        assertEquals(
                Errors.NONE.code(),
                ask(heartbeat, 4, new HeartbeatRequestData()).errorCode());
    }

    @Test
    void severalLeaveAndEachIsToldItsOwn() {
        var first = ask(join, 3, joining("g", ""));
        var request = new LeaveGroupRequestData()
                .setGroupId("g")
                .setMembers(List.of(
                        new MemberIdentity().setMemberId("nobody").setGroupInstanceId("inst"),
                        new MemberIdentity().setMemberId(first.memberId())));
        var left = ask(leave, 5, request);
        assertEquals(Errors.UNKNOWN_MEMBER_ID.code(), left.members().get(0).errorCode());
        assertEquals("inst", left.members().get(0).groupInstanceId());
        assertEquals(Errors.NONE.code(), left.members().get(1).errorCode());
        var alone = new LeaveGroupRequestData().setGroupId("g").setMemberId("nobody");
        assertEquals(Errors.UNKNOWN_MEMBER_ID.code(), ask(leave, 1, alone).errorCode());
    }
}
