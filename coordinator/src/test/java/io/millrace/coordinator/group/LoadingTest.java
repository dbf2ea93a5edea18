package io.millrace.coordinator.group;

import static io.millrace.coordinator.group.Shard.bytes;
import static io.millrace.coordinator.group.Shard.who;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.coordinator.group.GroupAnswer.Described;
import io.millrace.coordinator.group.GroupAnswer.Done;
import io.millrace.coordinator.group.GroupAnswer.Synced;
import org.junit.jupiter.api.Test;

class LoadingTest {

    private final Shard shard = new Shard();

    @Test
    void theNextCoordinatorFindsTheGroupAsItWas() {
        var ids = shard.stableGroupOf(2);
        var next = shard.successor(GroupSettings.defaults());
        next.tell(new GroupCommand.Loaded());
        assertEquals(shard.ask(Described.class, Shard.describe()), next.ask(Described.class, Shard.describe()));
        assertEquals(new Done(), next.ask(Shard.beat(who(ids.get(1)), 1)));
        assertEquals(
                bytes(ids.get(1)),
                next.ask(Synced.class, Shard.sync(who(ids.get(1)), 1)).assignment());
    }

    @Test
    void aMemberThatDoesNotFindTheNextCoordinatorIsOutAfterAWholeSession() {
        var ids = shard.stableGroupOf(2);
        var next = shard.successor(GroupSettings.defaults());
        next.tell(new GroupCommand.Loaded());
        next.pass(Shard.SESSION_MS - 1);
        assertEquals(new Done(), next.ask(Shard.beat(who(ids.getFirst()), 1)));
        next.pass(1);
        assertEquals("PreparingRebalance", next.state());
    }

    @Test
    void aGroupThatIsTooLargeNowFormsAnewWithoutTheLast() {
        var ids = shard.stableGroupOf(3);
        var defaults = GroupSettings.defaults();
        var sizes = new GroupSettings.Sizes(2, 4_096, 1_000_000, 10);
        var next = shard.successor(new GroupSettings(defaults.sessions(), sizes, defaults.retention()));
        next.tell(new GroupCommand.Loaded());
        assertEquals("PreparingRebalance", next.state());
        next.send(next.join(who(ids.get(0)), Shard.terms("range")));
        next.send(next.join(who(ids.get(1)), Shard.terms("range")));
        var last = next.ask(GroupAnswer.JoinRefused.class, next.join(who(ids.get(2)), Shard.terms("range")));
        assertEquals(org.apache.kafka.common.protocol.Errors.GROUP_MAX_SIZE_REACHED, last.code());
        assertEquals("CompletingRebalance", next.state());
    }

    @Test
    void whatOnlyMemoryHeldIsForgotten() {
        shard.freshId();
        var next = shard.successor(GroupSettings.defaults());
        assertEquals("Empty", next.state(), "the group itself was stored");
        assertEquals(0, next.ask(Described.class, Shard.describe()).members().size());
    }
}
