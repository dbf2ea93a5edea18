package io.millrace.coordinator.group;

import static io.millrace.coordinator.group.Shard.bytes;
import static io.millrace.coordinator.group.Shard.sync;
import static io.millrace.coordinator.group.Shard.terms;
import static io.millrace.coordinator.group.Shard.who;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.coordinator.group.GroupAnswer.Joined;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupAnswer.Synced;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class SyncingTest {

    private final Shard shard = new Shard();

    private List<String> formed(int count) {
        var ids = java.util.stream.IntStream.range(0, count)
                .mapToObj(_ -> shard.freshId())
                .toList();
        for (var id : ids) shard.send(shard.join(who(id), terms("range")));
        shard.pass(0);
        return ids;
    }

    @Test
    void followersWaitForTheLeaderAndThenEachHasItsPart() {
        var ids = formed(3);
        long second = shard.send(sync(who(ids.get(1)), 1));
        assertTrue(shard.isWaiting(second));

        var leader = shard.ask(
                Synced.class, sync(who(ids.get(0)), 1, Map.of(ids.get(0), bytes("a"), ids.get(1), bytes("b"))));
        assertEquals(new Synced("consumer", "range", bytes("a")), leader);
        assertEquals(bytes("b"), shard.answer(Synced.class, second).assignment());
        assertEquals("Stable", shard.state());
        assertEquals(
                Opaque.EMPTY,
                shard.ask(Synced.class, sync(who(ids.get(2)), 1)).assignment(),
                "forgotten by the leader");
    }

    @Test
    void whatTheLeaderAssignedIsDurable() {
        var ids = shard.stableGroupOf(2);
        var stored = assertInstanceOf(GroupRecord.GroupStored.class, shard.log.getLast());
        assertEquals(1, stored.generation());
        assertEquals("range", stored.protocol());
        assertEquals(ids.get(0), stored.leader());
        assertEquals(bytes(ids.get(1)), stored.members().get(1).assignment());
        assertEquals(bytes("says range"), stored.members().get(1).subscription());
    }

    @Test
    void onlyMembersOfThisGenerationMaySync() {
        var ids = formed(2);
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(sync(who("nobody"), 1)));
        assertEquals(new Refused(Errors.ILLEGAL_GENERATION), shard.ask(sync(who(ids.get(1)), 0)));
        assertEquals(
                new Refused(Errors.INCONSISTENT_GROUP_PROTOCOL),
                shard.ask(token ->
                        new GroupCommand.Sync(token, Shard.GROUP, 1, who(ids.get(1)), "connect", "range", Map.of())));
        assertEquals(
                new Refused(Errors.INCONSISTENT_GROUP_PROTOCOL),
                shard.ask(token ->
                        new GroupCommand.Sync(token, Shard.GROUP, 1, who(ids.get(1)), "consumer", "sticky", Map.of())));
        assertEquals(
                new Refused(Errors.UNKNOWN_MEMBER_ID),
                shard.ask(token -> new GroupCommand.Sync(token, "other", 1, who("x"), null, null, Map.of())));
    }

    @Test
    void aNewGenerationSendsWaitingFollowersBackToJoin() {
        var ids = formed(2);
        long waiting = shard.send(sync(who(ids.get(1)), 1));
        shard.send(shard.join(who(""), terms("range"), false, false));
        assertEquals(new Refused(Errors.REBALANCE_IN_PROGRESS), shard.answer(waiting));
        assertEquals(new Refused(Errors.REBALANCE_IN_PROGRESS), shard.ask(sync(who(ids.get(0)), 1)));
    }

    @Test
    void whoDoesNotSyncInTimeIsOutThoughItIsAlive() {
        var ids = formed(2);
        shard.ask(Synced.class, sync(who(ids.get(0)), 1));
        for (int i = 0; i < 4; i++) {
            for (var id : ids) shard.ask(Shard.beat(who(id), 1));
            shard.pass(Shard.REBALANCE_MS / 4);
        }
        assertEquals("PreparingRebalance", shard.state());
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(Shard.beat(who(ids.get(1)), 1)));
    }

    @Test
    void aSecondSyncTakesThePlaceOfTheFirst() {
        var ids = formed(2);
        long lost = shard.send(sync(who(ids.get(1)), 1));
        long again = shard.send(sync(who(ids.get(1)), 1));
        assertEquals(new Refused(Errors.REBALANCE_IN_PROGRESS), shard.answer(lost));
        assertTrue(shard.isWaiting(again));
    }

    @Test
    void anAssignmentThatCannotBeStoredIsRefusedAndTheMembersTryAgain() {
        var defaults = GroupSettings.defaults();
        var sizes = new GroupSettings.Sizes(10, 4_096, 1_000, 10);
        var small = new Shard(new GroupSettings(defaults.sessions(), sizes, defaults.retention()));
        var id = small.freshId();
        long token = small.send(small.join(who(id), terms("range")));
        small.pass(0);
        assertEquals(1, small.answer(Joined.class, token).generation());
        var refused = small.ask(sync(who(id), 1, Map.of(id, Opaque.of(new byte[1_000]))));
        assertEquals(new Refused(Errors.UNKNOWN_SERVER_ERROR), refused);
        assertEquals("PreparingRebalance", small.state());
    }
}
