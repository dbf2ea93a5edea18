package io.millrace.coordinator.group;

import static io.millrace.coordinator.group.Shard.beat;
import static io.millrace.coordinator.group.Shard.terms;
import static io.millrace.coordinator.group.Shard.who;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.coordinator.group.GroupAnswer.Done;
import io.millrace.coordinator.group.GroupAnswer.JoinRefused;
import io.millrace.coordinator.group.GroupAnswer.Joined;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class LivingTest {

    private final Shard shard = new Shard();

    @Test
    void aHeartbeatWritesNothingAndMovesTheEndOfTheSession() {
        var ids = shard.stableGroupOf(1);
        int records = shard.log.size();
        var decision = shard.machine.decide(beat(who(ids.getFirst()), 1).apply(99), shard.nowMs());
        assertEquals(List.of(), decision.records());
        for (int i = 0; i < 10; i++) {
            shard.pass(Shard.SESSION_MS - 1);
            assertEquals(new Done(), shard.ask(beat(who(ids.getFirst()), 1)));
        }
        assertEquals(records, shard.log.size());
    }

    @Test
    void aSilentMemberIsOutAndTheOthersAreCalled() {
        var ids = shard.stableGroupOf(2);
        shard.pass(Shard.SESSION_MS / 2);
        shard.ask(beat(who(ids.get(0)), 1));
        shard.pass(Shard.SESSION_MS / 2);
        assertEquals(new Refused(Errors.REBALANCE_IN_PROGRESS), shard.ask(beat(who(ids.get(0)), 1)));
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(beat(who(ids.get(1)), 1)));
    }

    @Test
    void whenAllAreSilentTheGroupIsEmptyInANewGenerationAndThatIsDurable() {
        shard.stableGroupOf(2);
        shard.pass(Shard.SESSION_MS);
        assertEquals("Empty", shard.state());
        var stored = (GroupRecord.GroupStored) shard.log.getLast();
        assertEquals(2, stored.generation());
        assertEquals(List.of(), stored.members());
        assertEquals("consumer", stored.protocolType());
    }

    @Test
    void whoWaitsForUsNeedNotSayAnything() {
        var ids = shard.stableGroupOf(2);
        long first = shard.send(shard.join(who(ids.get(0)), terms("range")));
        shard.pass(Shard.SESSION_MS / 2);
        shard.ask(beat(who(ids.get(1)), 1));
        shard.pass(Shard.SESSION_MS / 2);
        assertTrue(shard.isWaiting(first));
        shard.pass(Shard.SESSION_MS);
        assertEquals(ids.get(0), shard.answer(Joined.class, first).memberId());
    }

    @Test
    void aMemberThatNeverHadAnAnswerIsGivenUpAfterAWhile() {
        var sessions = new GroupSettings.Sessions(6_000, 1_800_000, 0, 20_000);
        var defaults = GroupSettings.defaults();
        var shard = new Shard(new GroupSettings(sessions, defaults.sizes(), defaults.retention()));
        var ids = shard.stableGroupOf(1);
        long fresh = shard.send(shard.join(who(""), terms("range"), false, false));
        for (int i = 0; i < 4; i++) {
            shard.pass(5_000);
            shard.ask(beat(who(ids.getFirst()), 1));
        }
        assertEquals(
                Errors.UNKNOWN_MEMBER_ID, shard.answer(JoinRefused.class, fresh).code());
    }

    @Test
    void wrongHeartbeatsAreToldWhy() {
        var ids = shard.stableGroupOf(1);
        assertEquals(new Refused(Errors.ILLEGAL_GENERATION), shard.ask(beat(who(ids.getFirst()), 2)));
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(beat(who("nobody"), 1)));
        assertEquals(
                new Refused(Errors.UNKNOWN_MEMBER_ID),
                shard.ask(token -> new GroupCommand.Heartbeat(token, "other", 1, who("x"))));
        assertEquals(
                new Refused(Errors.INVALID_GROUP_ID),
                shard.ask(token -> new GroupCommand.Heartbeat(token, "", 1, who("x"))));
    }

    @Test
    void whoLeavesIsOutAtOnce() {
        var ids = shard.stableGroupOf(2);
        var left = shard.ask(GroupAnswer.Left.class, Shard.leave(who(ids.get(1)), who("nobody")));
        assertEquals(
                List.of(Errors.NONE, Errors.UNKNOWN_MEMBER_ID),
                left.members().stream().map(GroupAnswer.LeftMember::code).toList());
        assertEquals("PreparingRebalance", shard.state());
        shard.ask(Shard.leave(who(ids.get(0))));
        assertEquals("Empty", shard.state());
    }

    @Test
    void whoLeavesWithAnIdItNeverUsedIsNotWaitedFor() {
        var ids = shard.stableGroupOf(1);
        var unused = shard.freshId();
        long again = shard.send(shard.join(who(ids.getFirst()), terms("range")));
        assertTrue(shard.isWaiting(again));
        shard.ask(Shard.leave(who(unused)));
        assertEquals(2, shard.answer(Joined.class, again).generation());
    }

    @Test
    void nobodyBelongsToAGroupThatIsNotThere() {
        var left = shard.ask(GroupAnswer.Left.class, Shard.leave(who("x", "y")));
        assertEquals(List.of(new GroupAnswer.LeftMember("x", "y", Errors.UNKNOWN_MEMBER_ID)), left.members());
        assertEquals(
                new Refused(Errors.INVALID_GROUP_ID),
                shard.ask(token -> new GroupCommand.Leave(token, "", List.of(who("x")))));
    }
}
