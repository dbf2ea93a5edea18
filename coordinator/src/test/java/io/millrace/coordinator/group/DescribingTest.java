package io.millrace.coordinator.group;

import static io.millrace.coordinator.group.Shard.bytes;
import static io.millrace.coordinator.group.Shard.who;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.coordinator.group.GroupAnswer.Described;
import io.millrace.coordinator.group.GroupAnswer.Listed;
import io.millrace.coordinator.group.GroupAnswer.ListedGroup;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class DescribingTest {

    private final Shard shard = new Shard();

    @Test
    void aStableGroupIsToldWithAllItsMembersSay() {
        var ids = shard.stableGroupOf(2);
        var told = shard.ask(Described.class, Shard.describe());
        assertEquals("Stable", told.state());
        assertEquals("consumer", told.protocolType());
        assertEquals("range", told.protocol());
        var member = told.members().getFirst();
        assertEquals(ids.getFirst(), member.memberId());
        assertEquals(new GroupCommand.Client("app", "/10.0.0.1"), member.client());
        assertEquals(bytes("says range"), member.metadata());
        assertEquals(bytes(ids.getFirst()), member.assignment());
    }

    @Test
    void whileItFormsNobodyIsToldWhatMembersSay() {
        var ids = shard.stableGroupOf(2);
        shard.ask(Shard.leave(who(ids.get(1))));
        var told = shard.ask(Described.class, Shard.describe());
        assertEquals("PreparingRebalance", told.state());
        assertEquals("", told.protocol());
        assertEquals(Opaque.EMPTY, told.members().getFirst().metadata());
    }

    @Test
    void aGroupThatIsNotThereIsDead() {
        var told = shard.ask(Described.class, Shard.describe());
        assertEquals(new Described(Errors.GROUP_ID_NOT_FOUND, Shard.GROUP, "Dead", "", "", List.of()), told);
    }

    @Test
    void groupsAreListedByStateAndType() {
        shard.stableGroupOf(1);
        var stable = List.of(new ListedGroup(Shard.GROUP, "consumer", "Stable", "classic"));
        assertEquals(stable, list(Set.of(), Set.of()));
        assertEquals(stable, list(Set.of("sTable", "empty"), Set.of("Classic")));
        assertEquals(List.of(), list(Set.of("Empty"), Set.of()));
        assertEquals(List.of(), list(Set.of(), Set.of("share")));
        assertEquals(List.of(), list(Set.of("no such state"), Set.of()));
    }

    private List<ListedGroup> list(Set<String> states, Set<String> types) {
        return shard.ask(Listed.class, token -> new GroupCommand.ListAll(token, states, types))
                .groups();
    }
}
