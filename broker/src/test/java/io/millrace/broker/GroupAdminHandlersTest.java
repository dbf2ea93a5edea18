package io.millrace.broker;

import static io.millrace.broker.Calls.ask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.ConfigResource;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.quorum.Quorum;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class GroupAdminHandlersTest {

    private final MemoryShard shard = new MemoryShard();
    private final DescribeGroupsHandler describe = new DescribeGroupsHandler(shard);
    private final ListGroupsHandler list = new ListGroupsHandler(shard);
    private final DeleteGroupsHandler delete = new DeleteGroupsHandler(shard);

    private void member() {
        var request = new JoinGroupRequestData()
                .setGroupId("g")
                .setSessionTimeoutMs(10_000)
                .setProtocolType("consumer");
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[1]));
        ask(new JoinGroupHandler(shard, () -> Uuid.ONE_UUID), 0, request);
    }

    @Test
    void groupsAreDescribedInEveryVersion() {
        member();
        var request = new DescribeGroupsRequestData().setGroups(List.of("g", "nobody"));
        for (int version = 0; version <= 6; version++) {
            request.setIncludeAuthorizedOperations(version >= 3);
            var groups = ask(describe, version, request).groups();
            assertEquals("CompletingRebalance", groups.get(0).groupState());
            assertEquals("/127.0.0.1", groups.get(0).members().getFirst().clientHost());
            boolean mayDelete =
                    version < 3 || (groups.get(0).authorizedOperations() & (1 << AclOperation.DELETE.code())) != 0;
            assertTrue(mayDelete, "version " + version);
            assertEquals("Dead", groups.get(1).groupState());
            var code = version < 6 ? Errors.NONE : Errors.GROUP_ID_NOT_FOUND;
            assertEquals(code.code(), groups.get(1).errorCode());
        }
        shard.refuses = Errors.NOT_COORDINATOR;
        assertEquals(
                Errors.NOT_COORDINATOR.code(),
                ask(describe, 6, request).groups().getFirst().errorCode());
    }

    @Test
    void groupsAreListedInEveryVersion() {
        member();
        for (int version = 0; version <= 5; version++) {
            var groups = ask(list, version, new ListGroupsRequestData()).groups();
            assertEquals("g", groups.getFirst().groupId());
        }
        var empty = new ListGroupsRequestData().setStatesFilter(List.of("Empty"));
        assertEquals(List.of(), ask(list, 4, empty).groups());
        shard.refuses = Errors.NOT_COORDINATOR;
        assertEquals(Errors.NONE.code(), ask(list, 5, empty).errorCode(), "that shard is listed elsewhere");
        shard.refuses = Errors.COORDINATOR_LOAD_IN_PROGRESS;
        assertEquals(
                Errors.COORDINATOR_LOAD_IN_PROGRESS.code(), ask(list, 5, empty).errorCode());
    }

    @Test
    void onlyGroupsWithoutMembersAreDeleted() {
        member();
        var request = new DeleteGroupsRequestData().setGroupsNames(List.of("g", "nobody", "g"));
        for (int version = 0; version <= 3; version++) {
            var results = ask(delete, version, request).results();
            assertEquals(2, results.size());
            assertEquals(Errors.NON_EMPTY_GROUP.code(), results.find("g").errorCode());
            assertEquals(
                    Errors.GROUP_ID_NOT_FOUND.code(), results.find("nobody").errorCode());
        }
    }

    @Test
    void theCoordinatorIsTheLeaderOfTheGroupsPartition() throws IOException {
        var find = new FindCoordinatorHandler(maker(MemoryLog.quorum(), Calls.shard(Calls.cluster())));
        for (int version = 0; version <= 3; version++) {
            var found = ask(find, version, new FindCoordinatorRequestData().setKey("g"));
            assertEquals(7, found.nodeId());
            assertEquals("example.org", found.host());
            assertEquals(9092, found.port());
        }
        var several = new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g", "h"));
        for (int version = 4; version <= 6; version++) {
            var found = ask(find, version, several).coordinators();
            assertEquals(2, found.size());
            assertEquals("h", found.get(1).key());
            assertEquals(7, found.get(1).nodeId());
        }
        var transaction = new FindCoordinatorRequestData().setKeyType((byte) 1).setKey("t");
        assertEquals(Errors.INVALID_REQUEST.code(), ask(find, 2, transaction).errorCode());
        var share = new FindCoordinatorRequestData().setKeyType((byte) 2).setCoordinatorKeys(List.of("s"));
        var refused = ask(find, 6, share).coordinators().getFirst();
        assertEquals(Errors.INVALID_REQUEST.code(), refused.errorCode());
        assertEquals(-1, refused.nodeId());
    }

    @Test
    void theFirstQuestionMakesTheTopic() throws IOException {
        var quorum = MemoryLog.quorum();
        var here = Calls.shard(quorum.image());
        var find = new FindCoordinatorHandler(maker(quorum, here));
        var answer = find.handle(Calls.of(2, here), new FindCoordinatorRequestData().setKey("g"));
        assertEquals(false, answer.isDone(), "this loop has not seen the topic yet");
        here.follow(quorum.image());
        assertEquals(7, Calls.written(answer, 2).nodeId());
        var made = quorum.image().topic("__consumer_offsets").orElseThrow();
        assertEquals(16, made.partitions().size());
        assertEquals(
                "compact",
                quorum.image()
                        .config(ConfigResource.topic("__consumer_offsets"))
                        .get("cleanup.policy"));
    }

    @Test
    void withoutATopicThereIsNoCoordinator() throws IOException {
        var quorum = MemoryLog.quorum();
        var here = Calls.shard(quorum.image());
        quorum.close();
        var find = new FindCoordinatorHandler(maker(quorum, here));
        var answer = find.handle(Calls.of(2, here), new FindCoordinatorRequestData().setKey("g"));
        assertEquals(
                Errors.COORDINATOR_NOT_AVAILABLE.code(),
                Calls.written(answer, 2).errorCode());
    }

    private static TopicMaker maker(Quorum quorum, Shard here) {
        return new TopicMaker(
                quorum, new Shards(List.of(here)), new TopicMaker.Rules(false, new TopicDefaults(1, 1), 16));
    }

    @Test
    void groupsAreFoundWhereKafkaWouldKeepThem() {
        for (var key : Set.of("", "orders", "polygenelubricants", "a much longer name of a group", "g-7", "app")) {
            assertEquals(Utils.abs(key.hashCode()) % 16, Groups.partitionOf(key, 16), key);
        }
        assertEquals(Integer.MIN_VALUE, "polygenelubricants".hashCode());
    }
}
