package io.millrace.coordinator.group;

import static io.millrace.coordinator.group.Shard.bytes;
import static io.millrace.coordinator.group.Shard.terms;
import static io.millrace.coordinator.group.Shard.who;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.coordinator.group.GroupAnswer.JoinRefused;
import io.millrace.coordinator.group.GroupAnswer.Joined;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupAnswer.Synced;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StaticMembersTest {

    private final Shard shard = new Shard();
    private String east = "";
    private String west = "";

    /// East leads, west follows, and the group is stable.
    @BeforeEach
    void twoStaticMembers() {
        long first = shard.send(shard.join(who("", "east"), terms("range")));
        long second = shard.send(shard.join(who("", "west"), terms("range")));
        shard.pass(0);
        east = shard.answer(Joined.class, first).memberId();
        west = shard.answer(Joined.class, second).memberId();
        var assignments = Map.of(east, bytes("sunrise"), west, bytes("sunset"));
        shard.send(Shard.sync(who(west, "west"), 1));
        shard.ask(Synced.class, Shard.sync(who(east, "east"), 1, assignments));
    }

    @Test
    void aFollowerThatComesBackTakesItsPlaceAndNobodyNotices() {
        int before = shard.log.size();
        var back = shard.ask(Joined.class, shard.join(who("", "west"), terms("range")));
        assertNotEquals(west, back.memberId());
        assertTrue(back.memberId().startsWith("west-"));
        assertEquals(1, back.generation());
        assertEquals(east, back.leader());
        assertEquals("Stable", shard.state());
        assertEquals(before + 1, shard.log.size(), "the new id is durable");

        assertEquals(
                bytes("sunset"),
                shard.ask(Synced.class, Shard.sync(who(back.memberId(), "west"), 1))
                        .assignment());
    }

    @Test
    void aLeaderThatComesBackIsToldNotToAssignAgain() {
        var back = shard.ask(Joined.class, shard.join(who("", "east"), terms("range")));
        assertEquals(back.memberId(), back.leader());
        assertTrue(back.skipAssignment());
        assertEquals(2, back.members().size());
    }

    @Test
    void anOldLeaderThatComesBackIsNotToldThatItLeads() {
        var back = shard.ask(Joined.class, shard.join(who("", "east"), terms("range"), true, false));
        assertEquals(east, back.leader());
        assertNotEquals(east, back.memberId());
        assertEquals(List.of(), back.members());
    }

    @Test
    void theFormerSelfIsFenced() {
        long waiting = shard.send(shard.join(who(east, "east"), terms("range")));
        assertTrue(shard.isWaiting(waiting), "the leader called for a new generation");
        shard.send(shard.join(who("", "east"), terms("range")));

        var fenced = shard.answer(JoinRefused.class, waiting);
        assertEquals(Errors.FENCED_INSTANCE_ID, fenced.code());
        assertEquals(east, fenced.memberId());
        assertEquals(new Refused(Errors.FENCED_INSTANCE_ID), shard.ask(Shard.beat(who(east, "east"), 1)));
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(Shard.beat(who(east, "north"), 1)));
        assertEquals(
                Errors.FENCED_INSTANCE_ID,
                shard.ask(JoinRefused.class, shard.join(who(west, "east"), terms("range")))
                        .code());
    }

    @Test
    void comingBackWithAnotherChoiceMakesANewGeneration() {
        shard.send(shard.join(who("", "west"), terms("roundrobin", "range")));
        assertEquals("Stable", shard.state(), "the vote stays with range");
        var both = terms("roundrobin", "range");
        shard.send(shard.join(who("", "east"), both));
        assertEquals("PreparingRebalance", shard.state());
    }

    @Test
    void comingBackWhileTheLeaderAssignsMakesANewGeneration() {
        long first = shard.send(shard.join(who(east, "east"), terms("range")));
        shard.send(shard.join(who(west, "west"), terms("range")));
        assertEquals(2, shard.answer(Joined.class, first).generation());
        assertEquals("CompletingRebalance", shard.state());
        shard.send(shard.join(who("", "west"), terms("range")));
        assertEquals("PreparingRebalance", shard.state());
    }

    @Test
    void aSilentStaticMemberIsNotLeftOutByARebalanceButByItsSession() {
        long first = shard.send(shard.join(who(east, "east"), terms("range")));
        for (int i = 0; i < 4; i++) {
            shard.ask(Shard.beat(who(west, "west"), 1));
            shard.pass(Shard.REBALANCE_MS / 4);
        }
        var joined = shard.answer(Joined.class, first);
        assertEquals(2, joined.members().size(), "west is still expected");

        shard.pass(Shard.SESSION_MS - 1);
        shard.ask(Shard.beat(who(east, "east"), 2));
        shard.pass(1);
        assertEquals("PreparingRebalance", shard.state());
    }

    @Test
    void nobodyComesAndTheGroupWaitsForSessionsToEnd() {
        shard.send(shard.join(who("", "south"), terms("range")));
        var south = shard.ask(GroupAnswer.Described.class, Shard.describe()).members().stream()
                .filter(member -> "south".equals(member.instanceId()))
                .findFirst()
                .orElseThrow();
        shard.ask(Shard.leave(who(south.memberId(), "south")));
        assertEquals("PreparingRebalance", shard.state());
        shard.pass(Shard.REBALANCE_MS + Shard.SESSION_MS);
        assertEquals("Empty", shard.state());
    }

    @Test
    void anAdministratorRemovesAMemberByItsInstanceAlone() {
        var left = shard.ask(GroupAnswer.Left.class, Shard.leave(who("", "west"), who("", "north"), who("", "west")));
        assertEquals(
                List.of(Errors.NONE, Errors.UNKNOWN_MEMBER_ID, Errors.UNKNOWN_MEMBER_ID),
                left.members().stream().map(GroupAnswer.LeftMember::code).toList());
        assertEquals("PreparingRebalance", shard.state());
    }
}
