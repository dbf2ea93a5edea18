package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a broker says to members that are not in the group, to stale ones and to impossible ones.
@ExtendWith(SharedBroker.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupErrorsScenario {

    private String topic = "";
    private RawGroup alive = new RawGroup("", "", "", 0);
    private RawGroup named = alive;

    /// A topic, a stable group of one member, and a stable group of one static member.
    @BeforeAll
    void formGroups(BrokerProcess broker) throws Exception {
        topic = Topics.create(broker, "grouped", 1);
        try (var rpc = Rpc.connect(broker)) {
            alive = RawGroup.join(rpc, Topics.name("alive"), "");
            named = RawGroup.join(rpc, Topics.name("named"), "chair");
        }
    }

    @TestFactory
    Stream<DynamicTest> membersThatDoNotGetIn(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of(
                                "no group id",
                                Errors.INVALID_GROUP_ID,
                                rpc -> join(rpc, RawGroup.request("", "", RawGroup.PROTOCOL))),
                        Case.of(
                                "session too short",
                                Errors.INVALID_SESSION_TIMEOUT,
                                rpc -> join(rpc, newcomer().setSessionTimeoutMs(1))),
                        Case.of(
                                "session too long",
                                Errors.INVALID_SESSION_TIMEOUT,
                                rpc -> join(rpc, newcomer().setSessionTimeoutMs(Integer.MAX_VALUE))),
                        Case.of("no id yet", Errors.MEMBER_ID_REQUIRED, rpc -> join(rpc, newcomer())),
                        Case.of(
                                "unknown member",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> join(rpc, newcomer().setMemberId("nobody"))),
                        Case.of(
                                "unknown member of an unknown group",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> join(rpc, RawGroup.request(Topics.name("new"), "nobody", RawGroup.PROTOCOL))),
                        Case.of(
                                "another protocol",
                                Errors.INCONSISTENT_GROUP_PROTOCOL,
                                rpc -> join(rpc, RawGroup.request(alive.group(), "", "another"))),
                        Case.of(
                                "another type of protocol",
                                Errors.INCONSISTENT_GROUP_PROTOCOL,
                                rpc -> join(rpc, newcomer().setProtocolType("connect"))),
                        Case.of(
                                "no protocols",
                                Errors.INCONSISTENT_GROUP_PROTOCOL,
                                rpc -> join(rpc, newcomer().setProtocols(new JoinGroupRequestProtocolCollection()))),
                        Case.of(
                                "no type of protocol",
                                Errors.INCONSISTENT_GROUP_PROTOCOL,
                                rpc -> join(rpc, newcomer().setProtocolType(""))),
                        Case.of(
                                "another with its static name",
                                Errors.FENCED_INSTANCE_ID,
                                rpc -> join(
                                        rpc,
                                        RawGroup.request(named.group(), "nobody", RawGroup.PROTOCOL)
                                                .setGroupInstanceId("chair")))));
    }

    @TestFactory
    Stream<DynamicTest> heartbeatsThatAreNotTaken(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("a good one", Errors.NONE, rpc -> beat(rpc, beat(alive))),
                        Case.of(
                                "no group id",
                                Errors.INVALID_GROUP_ID,
                                rpc -> beat(rpc, beat(alive).setGroupId(""))),
                        Case.of(
                                "unknown group",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> beat(rpc, beat(alive).setGroupId("no-such-group"))),
                        Case.of(
                                "unknown member",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> beat(rpc, beat(alive).setMemberId("nobody"))),
                        Case.of(
                                "stale generation",
                                Errors.ILLEGAL_GENERATION,
                                rpc -> beat(rpc, beat(alive).setGenerationId(alive.generation() - 1))),
                        Case.of(
                                "generation to come",
                                Errors.ILLEGAL_GENERATION,
                                rpc -> beat(rpc, beat(alive).setGenerationId(alive.generation() + 1))),
                        Case.of(
                                "another with its static name",
                                Errors.FENCED_INSTANCE_ID,
                                rpc -> beat(
                                        rpc, beat(named).setMemberId("nobody").setGroupInstanceId("chair"))),
                        Case.of(
                                "unknown static name",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> beat(rpc, beat(named).setGroupInstanceId("stool")))));
    }

    @TestFactory
    Stream<DynamicTest> syncsThatAreNotTaken(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("a good one", Errors.NONE, rpc -> sync(rpc, sync(alive))),
                        Case.of(
                                "no group id",
                                Errors.INVALID_GROUP_ID,
                                rpc -> sync(rpc, sync(alive).setGroupId(""))),
                        Case.of(
                                "unknown group",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> sync(rpc, sync(alive).setGroupId("no-such-group"))),
                        Case.of(
                                "unknown member",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> sync(rpc, sync(alive).setMemberId("nobody"))),
                        Case.of(
                                "stale generation",
                                Errors.ILLEGAL_GENERATION,
                                rpc -> sync(rpc, sync(alive).setGenerationId(0))),
                        Case.of(
                                "another protocol",
                                Errors.INCONSISTENT_GROUP_PROTOCOL,
                                rpc -> sync(rpc, sync(alive).setProtocolName("another"))),
                        Case.of(
                                "another type of protocol",
                                Errors.INCONSISTENT_GROUP_PROTOCOL,
                                rpc -> sync(rpc, sync(alive).setProtocolType("connect"))),
                        Case.of(
                                "another with its static name",
                                Errors.FENCED_INSTANCE_ID,
                                rpc -> sync(
                                        rpc, sync(named).setMemberId("nobody").setGroupInstanceId("chair")))));
    }

    @TestFactory
    Stream<DynamicTest> commitsThatAreNotTaken(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("a good one", Errors.NONE, rpc -> commit(rpc, commit(alive, 0, ""))),
                        Case.of("without a group", Errors.NONE, rpc -> commit(rpc, nobodys(Topics.name("simple")))),
                        Case.of("no group id, as very old clients do", Errors.NONE, rpc -> commit(rpc, nobodys(""))),
                        Case.of(
                                "nobody's into a live group",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> commit(rpc, nobodys(alive.group()))),
                        Case.of(
                                "unknown group",
                                Errors.ILLEGAL_GENERATION,
                                rpc -> commit(rpc, commit(alive, 0, "").setGroupId("no-such-group"))),
                        Case.of(
                                "unknown member",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> commit(rpc, commit(alive, 0, "").setMemberId("nobody"))),
                        Case.of(
                                "stale generation",
                                Errors.ILLEGAL_GENERATION,
                                rpc -> commit(rpc, commit(alive, 0, "").setGenerationIdOrMemberEpoch(0))),
                        Case.of(
                                "another with its static name",
                                Errors.FENCED_INSTANCE_ID,
                                rpc -> commit(
                                        rpc,
                                        commit(named, 0, "")
                                                .setMemberId("nobody")
                                                .setGroupInstanceId("chair"))),
                        Case.of(
                                "unknown partition",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> commit(rpc, commit(alive, 3, ""))),
                        Case.of(
                                "too much metadata",
                                Errors.OFFSET_METADATA_TOO_LARGE,
                                rpc -> commit(rpc, commit(alive, 0, "x".repeat(5_000))))));
    }

    @TestFactory
    Stream<DynamicTest> groupsThatAreNotFoundLeftOrDeleted(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of(
                                "leave as nobody",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> leave(rpc, alive.group(), "nobody")),
                        Case.of(
                                "leave an unknown group",
                                Errors.UNKNOWN_MEMBER_ID,
                                rpc -> leave(rpc, "no-such-group", "nobody")),
                        Case.of("leave no group", Errors.INVALID_GROUP_ID, rpc -> leave(rpc, "", "nobody")),
                        Case.of(
                                "describe an unknown group",
                                Errors.GROUP_ID_NOT_FOUND,
                                rpc -> describe(rpc, 6, "no-such-group")),
                        Case.of(
                                "describe an unknown group the old way",
                                Errors.NONE,
                                rpc -> describe(rpc, 5, "no-such-group")),
                        Case.of(
                                "delete an unknown group",
                                Errors.GROUP_ID_NOT_FOUND,
                                rpc -> delete(rpc, "no-such-group")),
                        Case.of("delete a live group", Errors.NON_EMPTY_GROUP, rpc -> delete(rpc, alive.group())),
                        Case.of(
                                "delete offsets of an unknown group",
                                Errors.GROUP_ID_NOT_FOUND,
                                rpc -> deleteOffsets(rpc, "no-such-group")),
                        Case.of("the coordinator of a group", Errors.NONE, rpc -> find(rpc, 0, "some-group")),
                        Case.of(
                                "the coordinator of what is none",
                                Errors.INVALID_REQUEST,
                                rpc -> find(rpc, 9, "some-group"))));
    }

    /// A dead group of the old description has no members and says so.
    @Test
    void anUnknownGroupIsDescribedAsDead(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            var request = new DescribeGroupsRequestData().setGroups(List.of("no-such-group"));
            DescribeGroupsResponseData answer = rpc.call(ApiKeys.DESCRIBE_GROUPS, 5, request);
            assertEquals("Dead", answer.groups().getFirst().groupState());
        }
    }

    /// Offsets that were never committed are -1, in a group that is there and in one that is not.
    @Test
    void anOffsetThatWasNeverCommittedIsMinusOne(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            for (var group : List.of(named.group(), "no-such-group")) {
                var asked = new OffsetFetchRequestTopics().setName(topic).setPartitionIndexes(List.of(0));
                var request = new OffsetFetchRequestData()
                        .setGroups(List.of(
                                new OffsetFetchRequestGroup().setGroupId(group).setTopics(List.of(asked))));
                OffsetFetchResponseData answer = rpc.call(ApiKeys.OFFSET_FETCH, 8, request);
                var found = answer.groups().getFirst();
                assertEquals(Errors.NONE, Errors.forCode(found.errorCode()));
                var partition = found.topics().getFirst().partitions().getFirst();
                assertEquals(-1, partition.committedOffset());
                assertEquals(Errors.NONE, Errors.forCode(partition.errorCode()));
            }
        }
    }

    private JoinGroupRequestData newcomer() {
        return RawGroup.request(alive.group(), "", RawGroup.PROTOCOL);
    }

    private static short join(Rpc rpc, JoinGroupRequestData request) throws Exception {
        JoinGroupResponseData answer = rpc.call(ApiKeys.JOIN_GROUP, 9, request);
        return answer.errorCode();
    }

    private static HeartbeatRequestData beat(RawGroup group) {
        return new HeartbeatRequestData()
                .setGroupId(group.group())
                .setMemberId(group.member())
                .setGenerationId(group.generation());
    }

    private static short beat(Rpc rpc, HeartbeatRequestData request) throws Exception {
        HeartbeatResponseData answer = rpc.call(ApiKeys.HEARTBEAT, 4, request);
        return answer.errorCode();
    }

    private static SyncGroupRequestData sync(RawGroup group) {
        return new SyncGroupRequestData()
                .setGroupId(group.group())
                .setMemberId(group.member())
                .setGenerationId(group.generation())
                .setProtocolType("consumer")
                .setProtocolName(RawGroup.PROTOCOL);
    }

    private static short sync(Rpc rpc, SyncGroupRequestData request) throws Exception {
        SyncGroupResponseData answer = rpc.call(ApiKeys.SYNC_GROUP, 5, request);
        return answer.errorCode();
    }

    private OffsetCommitRequestData commit(RawGroup group, int partition, String metadata) {
        var offset = new OffsetCommitRequestPartition()
                .setPartitionIndex(partition)
                .setCommittedOffset(1)
                .setCommittedMetadata(metadata);
        return new OffsetCommitRequestData()
                .setGroupId(group.group())
                .setMemberId(group.member())
                .setGenerationIdOrMemberEpoch(group.generation())
                .setTopics(List.of(new OffsetCommitRequestTopic().setName(topic).setPartitions(List.of(offset))));
    }

    /// A commit that names no member, as consumers send that assign partitions themselves.
    private OffsetCommitRequestData nobodys(String group) {
        return commit(new RawGroup(group, "", "", -1), 0, "");
    }

    private static short commit(Rpc rpc, OffsetCommitRequestData request) throws Exception {
        OffsetCommitResponseData answer = rpc.call(ApiKeys.OFFSET_COMMIT, 8, request);
        return answer.topics().getFirst().partitions().getFirst().errorCode();
    }

    /// The code of the whole, or else of the one member.
    private static short leave(Rpc rpc, String group, String member) throws Exception {
        var request = new LeaveGroupRequestData()
                .setGroupId(group)
                .setMembers(List.of(new MemberIdentity().setMemberId(member)));
        LeaveGroupResponseData answer = rpc.call(ApiKeys.LEAVE_GROUP, 5, request);
        return answer.errorCode() != 0
                ? answer.errorCode()
                : answer.members().getFirst().errorCode();
    }

    private static short describe(Rpc rpc, int version, String group) throws Exception {
        var request = new DescribeGroupsRequestData().setGroups(List.of(group));
        DescribeGroupsResponseData answer = rpc.call(ApiKeys.DESCRIBE_GROUPS, version, request);
        return answer.groups().getFirst().errorCode();
    }

    private static short delete(Rpc rpc, String group) throws Exception {
        var request = new DeleteGroupsRequestData().setGroupsNames(List.of(group));
        DeleteGroupsResponseData answer = rpc.call(ApiKeys.DELETE_GROUPS, 2, request);
        return answer.results().iterator().next().errorCode();
    }

    private short deleteOffsets(Rpc rpc, String group) throws Exception {
        var topics = new OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestTopic()
                .setName(topic)
                .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        var request = new OffsetDeleteRequestData().setGroupId(group).setTopics(topics);
        OffsetDeleteResponseData answer = rpc.call(ApiKeys.OFFSET_DELETE, 0, request);
        return answer.errorCode();
    }

    private static short find(Rpc rpc, int kind, String key) throws Exception {
        var request = new FindCoordinatorRequestData().setKeyType((byte) kind).setCoordinatorKeys(List.of(key));
        FindCoordinatorResponseData answer = rpc.call(ApiKeys.FIND_COORDINATOR, 4, request);
        return answer.coordinators().getFirst().errorCode();
    }
}
