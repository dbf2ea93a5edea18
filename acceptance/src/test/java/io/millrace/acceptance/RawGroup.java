package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;

/// The only member of a group, joined by hand, with a session so long that it needs no heartbeat.
///
/// @param instance its static name, empty for none
record RawGroup(String group, String member, String instance, int generation) {

    static final String PROTOCOL = "by-hand";

    private static final byte[] SUBSCRIPTION =
            Utils.toArray(ConsumerProtocol.serializeSubscription(new Subscription(List.of())));
    private static final byte[] ASSIGNMENT =
            Utils.toArray(ConsumerProtocol.serializeAssignment(new Assignment(List.of())));

    /// Joins a group of one, takes its assignment, and is the leader of a stable group then.
    static RawGroup join(Rpc rpc, String group, String instance) throws Exception {
        awaitCoordinator(rpc, group);
        var request = request(group, "", PROTOCOL);
        if (!instance.isEmpty()) request.setGroupInstanceId(instance);
        JoinGroupResponseData answer = rpc.call(ApiKeys.JOIN_GROUP, 9, request);
        if (answer.errorCode() == Errors.MEMBER_ID_REQUIRED.code()) {
            answer = rpc.call(ApiKeys.JOIN_GROUP, 9, request.setMemberId(answer.memberId()));
        }
        assertEquals(Errors.NONE, Errors.forCode(answer.errorCode()));
        assertEquals(answer.leader(), answer.memberId());

        var mine =
                new SyncGroupRequestAssignment().setMemberId(answer.memberId()).setAssignment(ASSIGNMENT);
        var sync = new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(answer.memberId())
                .setGenerationId(answer.generationId())
                .setProtocolType("consumer")
                .setProtocolName(PROTOCOL)
                .setAssignments(List.of(mine));
        if (!instance.isEmpty()) sync.setGroupInstanceId(instance);
        SyncGroupResponseData synced = rpc.call(ApiKeys.SYNC_GROUP, 5, sync);
        assertEquals(Errors.NONE, Errors.forCode(synced.errorCode()));
        assertArrayEquals(ASSIGNMENT, synced.assignment());
        return new RawGroup(group, answer.memberId(), instance, answer.generationId());
    }

    static JoinGroupRequestData request(String group, String member, String protocol) {
        var protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName(protocol).setMetadata(SUBSCRIPTION));
        return new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setSessionTimeoutMs(120_000)
                .setRebalanceTimeoutMs(120_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
    }

    /// The partition of a group may have to be made and loaded first.
    static void awaitCoordinator(Rpc rpc, String group) {
        var request = new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group));
        Await.value("the coordinator of " + group, Await.LONG, () -> {
            FindCoordinatorResponseData answer = rpc.call(ApiKeys.FIND_COORDINATOR, 6, request);
            boolean there = answer.coordinators().getFirst().errorCode() == Errors.NONE.code();
            return there ? Optional.of(true) : Optional.empty();
        });
        Await.until("a loaded coordinator of " + group, () -> {
            var heartbeat = new HeartbeatRequestData().setGroupId(group).setMemberId("nobody");
            HeartbeatResponseData answer = rpc.call(ApiKeys.HEARTBEAT, 4, heartbeat);
            return answer.errorCode() == Errors.UNKNOWN_MEMBER_ID.code();
        });
    }
}
