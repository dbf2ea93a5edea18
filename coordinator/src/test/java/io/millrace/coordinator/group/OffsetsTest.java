package io.millrace.coordinator.group;

import static io.millrace.coordinator.group.Shard.who;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.coordinator.group.GroupAnswer.Committed;
import io.millrace.coordinator.group.GroupAnswer.Done;
import io.millrace.coordinator.group.GroupAnswer.Forgotten;
import io.millrace.coordinator.group.GroupAnswer.PositionOf;
import io.millrace.coordinator.group.GroupAnswer.Positions;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Commit;
import io.millrace.coordinator.group.GroupCommand.Fetch;
import io.millrace.coordinator.group.GroupCommand.Forget;
import io.millrace.coordinator.group.GroupCommand.Position;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OffsetsTest {

    private static final Uuid PAYMENTS = new Uuid(1, 1);
    private static final long DAY_MS = 24L * 60 * 60 * 1000;

    private final Shard shard = new Shard();

    @Test
    void whatAMemberCommitsIsTold() {
        var ids = shard.stableGroupOf(1);
        var committed = shard.ask(Committed.class, commit(who(ids.getFirst()), 1, at(0, 42), at(1, 7)));
        assertEquals(
                List.of(Errors.NONE, Errors.NONE),
                committed.partitions().stream()
                        .map(GroupAnswer.PartitionCode::code)
                        .toList());
        assertEquals(42, known(0).offset());
        assertEquals(shard.nowMs(), known(1).commitTimeMs());
        assertNull(position(2));

        shard.ask(commit(who(ids.getFirst()), 1, at(0, 43)));
        assertEquals(43, known(0).offset());
        assertEquals(
                2,
                shard.ask(Positions.class, OffsetsTest::fetchAll).partitions().size());
    }

    @Test
    void onlyMembersOfThisGenerationMayCommit() {
        var ids = shard.stableGroupOf(2);
        var anna = who(ids.getFirst());
        assertEquals(new Refused(Errors.ILLEGAL_GENERATION), shard.ask(commit(anna, 0, at(0, 1))));
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(commit(who("nobody"), 1, at(0, 1))));
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(commit(who(""), -1, at(0, 1))));
        assertEquals(new Refused(Errors.ILLEGAL_GENERATION), shard.ask(commit(anna, -1, at(0, 1))));
        assertNull(position(0));
    }

    @Test
    void membersMayCommitUntilTheNextGenerationIsFormedButNotBeforeTheyKnowTheirPart() {
        var ids = shard.stableGroupOf(2);
        var anna = who(ids.getFirst());
        shard.send(shard.join(anna, Shard.terms("range")));
        assertEquals("PreparingRebalance", shard.state());
        shard.ask(Committed.class, commit(who(ids.get(1)), 1, at(0, 1)));
        shard.send(shard.join(who(ids.get(1)), Shard.terms("range")));
        assertEquals("CompletingRebalance", shard.state());
        assertEquals(new Refused(Errors.REBALANCE_IN_PROGRESS), shard.ask(commit(anna, 2, at(0, 2))));
        assertEquals(new Refused(Errors.ILLEGAL_GENERATION), shard.ask(commit(anna, 1, at(0, 2))));
    }

    @Test
    void committingIsASignOfLife() {
        var ids = shard.stableGroupOf(1);
        for (int i = 0; i < 5; i++) {
            shard.pass(Shard.SESSION_MS - 1);
            shard.ask(Committed.class, commit(who(ids.getFirst()), 1, at(0, i)));
        }
        assertEquals("Stable", shard.state());
    }

    @Test
    void aClientThatOnlyUsesTheNameMayCommitWhileNobodyIsInTheGroup() {
        shard.ask(Committed.class, commit(who(""), -1, at(0, 5)));
        assertEquals("Empty", shard.state());
        assertEquals(
                "", shard.ask(GroupAnswer.Described.class, Shard.describe()).protocolType());
        assertEquals(new Refused(Errors.UNKNOWN_MEMBER_ID), shard.ask(commit(who("x"), 3, at(0, 5))));
    }

    @Test
    void aGenerationOfAGroupThatIsNotThereIsRefusedAsTheCallerSays() {
        assertEquals(new Refused(Errors.GROUP_ID_NOT_FOUND), shard.ask(commit(who("x"), 3, at(0, 5))));
    }

    @Test
    void notesThatAreTooLongAreRefusedOneByOne() {
        var note = "x".repeat(4_097);
        var long1 = new Position("payments", PAYMENTS, 0, 5, -1, note);
        var committed = shard.ask(Committed.class, commit(who(""), -1, long1, at(1, 6)));
        assertEquals(
                List.of(Errors.OFFSET_METADATA_TOO_LARGE, Errors.NONE),
                committed.partitions().stream()
                        .map(GroupAnswer.PartitionCode::code)
                        .toList());
        assertNull(position(0));
        assertNotNull(position(1));
    }

    @Test
    void aTopicMadeAnewUnderItsOldNameHasNoPositions() {
        shard.ask(commit(who(""), -1, at(0, 5)));
        var renewed = new TopicPartitions("payments", new Uuid(9, 9), List.of(0));
        var told = shard.ask(Positions.class, token -> new Fetch(token, Shard.GROUP, List.of(renewed)));
        assertNull(told.partitions().getFirst().offset());

        shard.tell(new GroupCommand.TopicDeleted("payments", new Uuid(9, 9)));
        assertNotNull(position(0), "another topic of that name was deleted");
        shard.tell(new GroupCommand.TopicDeleted("payments", PAYMENTS));
        assertNull(position(0));
    }

    @Test
    void positionsOfTopicsThatAreReadAreNotForgotten() {
        var ids = shard.stableGroupOf(1);
        shard.ask(commit(who(ids.getFirst()), 1, at(0, 5)));
        var refused = shard.ask(Forgotten.class, forget());
        assertEquals(
                Errors.GROUP_SUBSCRIBED_TO_TOPIC,
                refused.partitions().getFirst().code(),
                "what cannot be read is taken to be read");
        shard.ask(Shard.leave(who(ids.getFirst())));
        assertEquals(
                Errors.NONE,
                shard.ask(Forgotten.class, forget()).partitions().getFirst().code());
        assertNull(position(0));
    }

    @Test
    void groupsWithMembersStayAndEmptyOnesGo() {
        var ids = shard.stableGroupOf(1);
        LongFunction<GroupCommand> delete = token -> new GroupCommand.Delete(token, Shard.GROUP);
        assertEquals(new Refused(Errors.NON_EMPTY_GROUP), shard.ask(delete));
        shard.ask(commit(who(ids.getFirst()), 1, at(0, 5)));
        shard.ask(Shard.leave(who(ids.getFirst())));
        assertEquals(new Done(), shard.ask(delete));
        assertEquals(new Refused(Errors.GROUP_ID_NOT_FOUND), shard.ask(delete));
        assertEquals(new Refused(Errors.GROUP_ID_NOT_FOUND), shard.ask(forget()));
        assertNull(position(0));
        assertEquals(0, shard.machine.size());
        assertEquals(0, shard.successor(GroupSettings.defaults()).machine.size());
    }

    @Test
    void positionsEndThirtyDaysAfterTheGroupBecameEmpty() {
        var ids = shard.stableGroupOf(1);
        shard.tell(new GroupCommand.Loaded());
        shard.ask(commit(who(ids.getFirst()), 1, at(0, 5)));
        live(who(ids.getFirst()), 31 * DAY_MS);
        assertNotNull(position(0), "the group is alive");
        shard.ask(Shard.leave(who(ids.getFirst())));
        shard.pass(30 * DAY_MS - 1);
        assertNotNull(position(0));
        shard.pass(600_000);
        assertNull(position(0));
        assertEquals(0, shard.machine.size(), "nothing is left of the group");
    }

    @Test
    void positionsWithoutMembersEndThirtyDaysAfterTheirCommit() {
        shard.tell(new GroupCommand.Loaded());
        shard.ask(commit(who(""), -1, at(0, 5)));
        shard.pass(20 * DAY_MS);
        shard.ask(commit(who(""), -1, at(1, 6)));
        shard.pass(10 * DAY_MS + 600_000);
        assertNull(position(0));
        assertNotNull(position(1));
        shard.pass(20 * DAY_MS);
        assertNull(position(1));
    }

    @Test
    void anOldClientSaysForHowLong() {
        shard.tell(new GroupCommand.Loaded());
        shard.ask(token ->
                new Commit(token, Shard.GROUP, -1, who(""), List.of(at(0, 5)), Errors.ILLEGAL_GENERATION, DAY_MS));
        shard.pass(DAY_MS - 1);
        assertNotNull(position(0));
        shard.pass(600_001);
        assertNull(position(0));
    }

    @Test
    void positionsOfTopicsThatAStableGroupLeftBehindEnd() {
        byte[] reads = {0, 1, 0, 0, 0, 1, 0, 5, 'o', 't', 'h', 'e', 'r', -1, -1, -1, -1};
        var terms = new GroupCommand.Terms(
                Shard.SESSION_MS, Shard.REBALANCE_MS, "consumer", List.of(new Protocol("range", Opaque.of(reads))));
        shard.tell(new GroupCommand.Loaded());
        long token = shard.send(shard.join(who(""), terms, false, false));
        shard.pass(0);
        var id = shard.answer(GroupAnswer.Joined.class, token).memberId();
        shard.ask(Shard.sync(who(id), 1));
        var other = new Position("other", Uuid.ZERO_UUID, 0, 8, -1, null);
        shard.ask(Committed.class, commit(who(id), 1, at(0, 5), other));
        assertEquals(
                Errors.NONE,
                shard.ask(Forgotten.class, forget()).partitions().getFirst().code(),
                "payments is not read");
        shard.ask(Committed.class, commit(who(id), 1, at(0, 5)));
        live(who(id), 30 * DAY_MS + 600_000);
        assertNull(position(0));
        assertEquals(
                1,
                shard.ask(Positions.class, OffsetsTest::fetchAll).partitions().size(),
                "the other topic is read");
    }

    private void live(GroupCommand.Who who, long ms) {
        for (long lived = 0; lived < ms; lived += Shard.SESSION_MS - 1) {
            shard.pass(Shard.SESSION_MS - 1);
            shard.ask(Done.class, Shard.beat(who, 1));
        }
    }

    private static Position at(int partition, long offset) {
        return new Position("payments", PAYMENTS, partition, offset, 3, null);
    }

    private static LongFunction<GroupCommand> commit(GroupCommand.Who who, int generation, Position... positions) {
        return token ->
                new Commit(token, Shard.GROUP, generation, who, List.of(positions), Errors.GROUP_ID_NOT_FOUND, -1);
    }

    private static GroupCommand fetchAll(long token) {
        return new Fetch(token, Shard.GROUP, null);
    }

    private static LongFunction<GroupCommand> forget() {
        var topic = new TopicPartitions("payments", PAYMENTS, Collections.singletonList(0));
        return token -> new Forget(token, Shard.GROUP, List.of(topic));
    }

    private CommittedOffset known(int partition) {
        return Objects.requireNonNull(position(partition));
    }

    private @Nullable CommittedOffset position(int partition) {
        var topic = new TopicPartitions("payments", PAYMENTS, List.of(partition));
        var told = shard.ask(Positions.class, token -> new Fetch(token, Shard.GROUP, List.of(topic)));
        assertEquals(1, told.partitions().size());
        PositionOf position = told.partitions().getFirst();
        assertEquals(partition, position.partition());
        return position.offset();
    }
}
