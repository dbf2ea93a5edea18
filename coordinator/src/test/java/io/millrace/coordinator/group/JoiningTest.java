package io.millrace.coordinator.group;

import static io.millrace.coordinator.group.Shard.bytes;
import static io.millrace.coordinator.group.Shard.terms;
import static io.millrace.coordinator.group.Shard.who;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.coordinator.group.GroupAnswer.JoinRefused;
import io.millrace.coordinator.group.GroupAnswer.Joined;
import io.millrace.coordinator.group.GroupCommand.Terms;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class JoiningTest {

    private final Shard shard = new Shard();

    @Test
    void aNewMemberIsFirstGivenAnIdAndLeadsWhenItReturns() {
        var refused = shard.ask(JoinRefused.class, shard.join(who(""), terms("range")));
        assertEquals(Errors.MEMBER_ID_REQUIRED, refused.code());
        assertEquals("app-00000000-0000-0007-0000-000000000001", refused.memberId());
        assertEquals("Empty", shard.state());

        long token = shard.send(shard.join(who(refused.memberId()), terms("range")));
        assertTrue(shard.isWaiting(token));
        shard.pass(0);

        var joined = shard.answer(Joined.class, token);
        assertEquals(1, joined.generation());
        assertEquals(refused.memberId(), joined.leader());
        assertEquals("range", joined.protocol());
        assertEquals(1, joined.members().size());
        assertEquals(bytes("says range"), joined.members().getFirst().metadata());
        assertEquals("CompletingRebalance", shard.state());
    }

    @Test
    void anOldClientJoinsWithoutReturning() {
        long token = shard.send(shard.join(who(""), terms("range"), false, false));
        shard.pass(0);
        assertEquals(1, shard.answer(Joined.class, token).generation());
    }

    @Test
    void whoeverJoinsAnEmptyGroupInOneTurnIsInOneGenerationAndOnlyTheLeaderLearnsOfAll() {
        var anna = shard.freshId();
        var bela = shard.freshId();
        long first = shard.send(shard.join(who(anna), terms("range")));
        long second = shard.send(shard.join(who(bela), terms("range")));
        shard.pass(0);

        assertEquals(2, shard.answer(Joined.class, first).members().size());
        assertEquals(List.of(), shard.answer(Joined.class, second).members());
        assertEquals(anna, shard.answer(Joined.class, second).leader());
    }

    @Test
    void anEmptyGroupWaitsLongerWhileOthersKeepComing() {
        var sessions = new GroupSettings.Sessions(6_000, 60_000, 3_000, 300_000);
        var defaults = GroupSettings.defaults();
        var patient = new Shard(new GroupSettings(sessions, defaults.sizes(), defaults.retention()));
        long first = patient.send(patient.join(who(patient.freshId()), terms("range")));
        patient.pass(2_000);
        long second = patient.send(patient.join(who(patient.freshId()), terms("range")));
        patient.pass(2_000);
        assertTrue(patient.isWaiting(first));

        patient.pass(2_000);
        assertEquals(2, patient.answer(Joined.class, first).members().size());
        assertFalse(patient.isWaiting(second));
    }

    @Test
    void membersVoteForAProtocolThatAllOfThemKnow() {
        var ids = List.of(shard.freshId(), shard.freshId(), shard.freshId());
        long first = shard.send(shard.join(who(ids.get(0)), terms("range", "sticky", "roundrobin")));
        shard.send(shard.join(who(ids.get(1)), terms("roundrobin", "sticky")));
        shard.send(shard.join(who(ids.get(2)), terms("roundrobin", "sticky", "range")));
        shard.pass(0);
        assertEquals("roundrobin", shard.answer(Joined.class, first).protocol());
    }

    @Test
    void aMemberThatAgreesWithNobodyIsRefused() {
        shard.stableGroupOf(2);
        var stranger = shard.ask(JoinRefused.class, shard.join(who(""), terms("sticky")));
        assertEquals(Errors.INCONSISTENT_GROUP_PROTOCOL, stranger.code());

        var connect = new Terms(
                Shard.SESSION_MS, Shard.REBALANCE_MS, "connect", terms("range").protocols());
        var other = shard.ask(JoinRefused.class, shard.join(who(""), connect));
        assertEquals(Errors.INCONSISTENT_GROUP_PROTOCOL, other.code());

        var nothing = shard.ask(JoinRefused.class, shard.join(who(""), terms()));
        assertEquals(Errors.INCONSISTENT_GROUP_PROTOCOL, nothing.code());
    }

    @Test
    void aNewMemberCallsTheOthersAndWaitsForThem() {
        var ids = shard.stableGroupOf(2);
        var cyril = shard.freshId();
        long third = shard.send(shard.join(who(cyril), terms("range")));
        assertEquals("PreparingRebalance", shard.state());
        long first = shard.send(shard.join(who(ids.get(0)), terms("range")));
        assertTrue(shard.isWaiting(third));
        shard.send(shard.join(who(ids.get(1)), terms("range")));

        assertEquals(2, shard.answer(Joined.class, third).generation());
        assertEquals(3, shard.answer(Joined.class, first).members().size());
    }

    @Test
    void whoWasGivenAnIdIsWaitedForUntilItsSessionEnds() {
        var ids = shard.stableGroupOf(1);
        shard.freshId();
        long again = shard.send(shard.join(who(ids.getFirst()), terms("range")));
        assertTrue(shard.isWaiting(again));
        shard.pass(Shard.SESSION_MS);
        assertEquals(2, shard.answer(Joined.class, again).generation());
    }

    @Test
    void whoDoesNotComeBackInTimeIsLeftOut() {
        var ids = shard.stableGroupOf(3);
        long first = shard.send(shard.join(who(ids.get(0)), terms("range")));
        for (int i = 0; i < 4; i++) {
            shard.pass(Shard.REBALANCE_MS / 4);
            shard.ask(Shard.beat(who(ids.get(1)), 1));
            shard.ask(Shard.beat(who(ids.get(2)), 1));
        }
        var joined = shard.answer(Joined.class, first);
        assertEquals(1, joined.members().size());
        var late = shard.ask(JoinRefused.class, shard.join(who(ids.get(1)), terms("range")));
        assertEquals(Errors.UNKNOWN_MEMBER_ID, late.code());
    }

    @Test
    void whenTheLeaderDoesNotComeBackTheFirstWhoDoesLeads() {
        var ids = shard.stableGroupOf(3);
        shard.ask(Shard.leave(who(ids.get(2))));
        long second = shard.send(shard.join(who(ids.get(1)), terms("range")));
        shard.pass(Shard.REBALANCE_MS);
        assertEquals(ids.get(1), shard.answer(Joined.class, second).leader());
    }

    @Test
    void aFollowerThatHasNothingNewIsToldOfTheGenerationAtOnceAndTheLeaderForcesANewOne() {
        var ids = shard.stableGroupOf(2);
        var follower = shard.ask(Joined.class, shard.join(who(ids.get(1)), terms("range", "roundrobin")));
        assertEquals(1, follower.generation());
        assertEquals("Stable", shard.state());

        shard.send(shard.join(who(ids.get(0)), terms("range", "roundrobin")));
        assertEquals("PreparingRebalance", shard.state());
    }

    @Test
    void aMemberWithNewMetadataForcesANewGeneration() {
        var ids = shard.stableGroupOf(2);
        shard.send(shard.join(who(ids.get(1)), terms("range")));
        assertEquals("PreparingRebalance", shard.state());
    }

    @Test
    void aSecondJoinTakesThePlaceOfTheFirst() {
        var ids = shard.stableGroupOf(2);
        long lost = shard.send(shard.join(who(ids.get(0)), terms("range")));
        long again = shard.send(shard.join(who(ids.get(0)), terms("range")));
        assertEquals(
                Errors.REBALANCE_IN_PROGRESS,
                shard.answer(JoinRefused.class, lost).code());
        assertTrue(shard.isWaiting(again));
    }

    @Test
    void unknownMembersBadSessionsAndNamelessGroupsAreRefused() {
        var unknown = shard.ask(JoinRefused.class, shard.join(who("nobody"), terms("range")));
        assertEquals(Errors.UNKNOWN_MEMBER_ID, unknown.code());
        assertEquals("nobody", unknown.memberId());

        for (int sessionMs : List.of(5_999, 1_800_001)) {
            var bad = new Terms(sessionMs, 1, "consumer", terms("range").protocols());
            assertEquals(
                    Errors.INVALID_SESSION_TIMEOUT,
                    shard.ask(JoinRefused.class, shard.join(who(""), bad)).code());
        }
        var nameless = shard.ask(
                JoinRefused.class,
                token -> new GroupCommand.Join(
                        token,
                        "",
                        who(""),
                        new GroupCommand.Client("", ""),
                        terms("range"),
                        new GroupCommand.Joiner(org.apache.kafka.common.Uuid.ONE_UUID, true, true, "")));
        assertEquals(Errors.INVALID_GROUP_ID, nameless.code());
        assertEquals(0, shard.machine.size());
    }

    @Test
    void namesThatCouldNotBeStoredAreRefused() {
        var huge = "\u20ac".repeat(20_000);
        var longName = shard.ask(JoinRefused.class, shard.join(who("", huge), terms("range")));
        assertEquals(Errors.INVALID_REQUEST, longName.code());
        var longProtocol = shard.ask(JoinRefused.class, shard.join(who(""), terms("range", huge)));
        assertEquals(Errors.INVALID_REQUEST, longProtocol.code());
        var longGroup = shard.ask(
                GroupAnswer.Refused.class,
                token -> new GroupCommand.Commit(token, huge, -1, who(""), List.of(), Errors.ILLEGAL_GENERATION, -1));
        assertEquals(Errors.INVALID_GROUP_ID, longGroup.code());
    }

    @Test
    void aFullGroupTakesNobodyNew() {
        var defaults = GroupSettings.defaults();
        var sizes = new GroupSettings.Sizes(2, 4_096, 1_000_000, 1);
        var small = new Shard(new GroupSettings(defaults.sessions(), sizes, defaults.retention()));
        var ids = small.stableGroupOf(2);
        var third = small.ask(JoinRefused.class, small.join(who(""), terms("range")));
        assertEquals(Errors.GROUP_MAX_SIZE_REACHED, third.code());
        assertEquals("", third.memberId());
        assertEquals("Stable", small.state());

        small.send(small.join(who(ids.get(0)), terms("range")));
        assertEquals("PreparingRebalance", small.state(), "those who are in may come again");
    }

    @Test
    void aFullShardTakesNoNewGroup() {
        var defaults = GroupSettings.defaults();
        var sizes = new GroupSettings.Sizes(2, 4_096, 1_000_000, 1);
        var small = new Shard(new GroupSettings(defaults.sessions(), sizes, defaults.retention()));
        small.freshId();
        var refused = small.ask(
                GroupAnswer.Refused.class,
                token -> new GroupCommand.Commit(
                        token, "another", -1, who(""), List.of(), Errors.ILLEGAL_GENERATION, -1));
        assertEquals(Errors.POLICY_VIOLATION, refused.code());
    }
}
