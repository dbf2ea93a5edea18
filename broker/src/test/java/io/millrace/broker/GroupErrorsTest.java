package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.replica.Shard;
import io.millrace.wire.Request;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// What members and administrators of groups are told is counted, for each API and code.
class GroupErrorsTest {

    private final MemoryShard groups = new MemoryShard();
    private final SeenMetrics metrics = new SeenMetrics();
    private final Shard here = Calls.shard(Calls.cluster());

    private <Q extends ApiMessage, A extends ApiMessage> void ask(
            ApiKeys api, int version, Handler<Q, A> handler, Q request) {
        var bytes = ByteBuffer.allocate(0);
        var asked = new Request(api, (short) version, 1, "app", bytes);
        var memory = new RequestMemory(Long.MAX_VALUE, metrics);
        var call = new Call(asked, new Caller(here.loop()), here, new Lent(bytes), new ApiMeters(metrics, api), memory);
        Calls.written(handler.handle(call, request), version);
    }

    private void assertTold(long times, ApiKeys api, Errors code) {
        assertEquals(
                times,
                metrics.value("millrace_request_errors_total", "api", api.name, "error", code.name()),
                api + " " + code);
    }

    @Test
    void whatTheMachineRefusesIsCounted() {
        ask(
                ApiKeys.HEARTBEAT,
                4,
                new HeartbeatHandler(groups),
                new HeartbeatRequestData().setGroupId("g").setMemberId("m"));
        assertTold(1, ApiKeys.HEARTBEAT, Errors.UNKNOWN_MEMBER_ID);
        ask(
                ApiKeys.JOIN_GROUP,
                5,
                new JoinGroupHandler(groups, () -> Uuid.ONE_UUID),
                new JoinGroupRequestData().setGroupId("").setSessionTimeoutMs(10_000));
        assertTold(1, ApiKeys.JOIN_GROUP, Errors.INVALID_GROUP_ID);
        ask(
                ApiKeys.SYNC_GROUP,
                5,
                new SyncGroupHandler(groups),
                new SyncGroupRequestData().setGroupId("g").setMemberId("m"));
        assertTold(1, ApiKeys.SYNC_GROUP, Errors.INCONSISTENT_GROUP_PROTOCOL);
        ask(
                ApiKeys.DESCRIBE_GROUPS,
                6,
                new DescribeGroupsHandler(groups),
                new DescribeGroupsRequestData().setGroups(List.of("g", "h")));
        assertTold(2, ApiKeys.DESCRIBE_GROUPS, Errors.GROUP_ID_NOT_FOUND);
        ask(
                ApiKeys.DELETE_GROUPS,
                2,
                new DeleteGroupsHandler(groups),
                new DeleteGroupsRequestData().setGroupsNames(List.of("g")));
        assertTold(1, ApiKeys.DELETE_GROUPS, Errors.GROUP_ID_NOT_FOUND);
        ask(ApiKeys.OFFSET_DELETE, 0, new OffsetDeleteHandler(groups), new OffsetDeleteRequestData().setGroupId("g"));
        assertTold(1, ApiKeys.OFFSET_DELETE, Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void everyMemberAndEveryPartitionCounts() {
        var leaving = new LeaveGroupRequestData()
                .setGroupId("g")
                .setMembers(List.of(new MemberIdentity().setMemberId("a"), new MemberIdentity().setMemberId("b")));
        ask(ApiKeys.LEAVE_GROUP, 5, new LeaveGroupHandler(groups), leaving);
        assertTold(2, ApiKeys.LEAVE_GROUP, Errors.UNKNOWN_MEMBER_ID);

        var partitions = List.of(
                new OffsetCommitRequestPartition().setPartitionIndex(0).setCommittedMetadata(""),
                new OffsetCommitRequestPartition().setPartitionIndex(9).setCommittedMetadata(""));
        var commit = new OffsetCommitRequestData()
                .setGroupId("g")
                .setMemberId("m")
                .setGenerationIdOrMemberEpoch(3)
                .setTopics(
                        List.of(new OffsetCommitRequestTopic().setName("orders").setPartitions(partitions)));
        ask(ApiKeys.OFFSET_COMMIT, 9, new OffsetCommitHandler(groups), commit);
        assertTold(1, ApiKeys.OFFSET_COMMIT, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertTold(1, ApiKeys.OFFSET_COMMIT, Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void aShardThatCannotAnswerIsCountedInTheWordsOfGroups() {
        groups.refuses = Errors.NOT_ENOUGH_REPLICAS;
        ask(ApiKeys.HEARTBEAT, 4, new HeartbeatHandler(groups), new HeartbeatRequestData());
        ask(
                ApiKeys.OFFSET_FETCH,
                7,
                new OffsetFetchHandler(groups),
                new OffsetFetchRequestData().setGroupId("g").setTopics(null));
        ask(ApiKeys.LIST_GROUPS, 5, new ListGroupsHandler(groups), new ListGroupsRequestData());
        for (var api : List.of(ApiKeys.HEARTBEAT, ApiKeys.OFFSET_FETCH, ApiKeys.LIST_GROUPS)) {
            assertTold(1, api, Errors.COORDINATOR_NOT_AVAILABLE);
        }
    }

    @Test
    void whatGoesWellIsNotCounted() {
        groups.refuses = Errors.COORDINATOR_LOAD_IN_PROGRESS;
        ask(ApiKeys.HEARTBEAT, 4, new HeartbeatHandler(groups), new HeartbeatRequestData());
        assertTold(-1, ApiKeys.HEARTBEAT, Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertTold(-1, ApiKeys.HEARTBEAT, Errors.NONE);
    }
}
