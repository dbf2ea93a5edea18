package io.millrace.coordinator.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.coordinator.group.GroupAnswer.Committed;
import io.millrace.coordinator.group.GroupAnswer.JoinRefused;
import io.millrace.coordinator.group.GroupAnswer.Joined;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupAnswer.Synced;
import io.millrace.coordinator.group.GroupCommand.Position;
import io.millrace.coordinator.group.GroupCommand.Who;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A consumer that follows the protocol, forgets to for a while, leaves, or comes back as another process.
///
/// It gives up its partitions before it joins again, as eager assignors do.
final class RandomClient {

    static final int PARTITIONS = 8;

    /// Where it is in its life.
    private sealed interface Life {
        record Out() implements Life {}

        record Joining(long token) implements Life {}

        record Told(Joined joined) implements Life {}

        record Syncing(long token) implements Life {}

        record Stable(Set<Integer> owned) implements Life {}
    }

    private final int number;
    private final @Nullable String instance;
    private final Random random;
    private String memberId = "";
    private int generation = -1;
    private int floor;
    private long nextOffset;
    private Life life = new Life.Out();

    RandomClient(int number, @Nullable String instance, Random random) {
        this.number = number;
        this.instance = instance;
        this.random = random;
    }

    String name() {
        return "client" + number;
    }

    Who who() {
        return new Who(memberId, instance);
    }

    int generation() {
        return generation;
    }

    boolean isStable() {
        return life instanceof Life.Stable;
    }

    Set<Integer> owned() {
        return life instanceof Life.Stable stable ? stable.owned() : Set.of();
    }

    /// Its coordinator is gone: what it waits for will not come, and the next one does not know of a generation that
    /// was formed and never assigned.
    void lostConnection() {
        floor = 0;
        if (life instanceof Life.Joining || life instanceof Life.Syncing) life = new Life.Out();
    }

    /// Anything a client may do.
    void act(Shard shard) {
        int dice = random.nextInt(100);
        if (dice < 85) {
            behave(shard);
        } else if (dice < 88) {
            join(shard);
        } else if (dice < 92 && instance == null) {
            shard.ask(GroupAnswer.Left.class, Shard.leave(who()));
            startAnew();
        } else if (dice < 95) {
            startAnew();
        }
    }

    /// The next thing the protocol asks for.
    void behave(Shard shard) {
        switch (life) {
            case Life.Out _ -> join(shard);
            case Life.Joining joining -> {
                if (!shard.isWaiting(joining.token())) joined(shard.answer(joining.token()));
            }
            case Life.Told told -> {
                var sync = Shard.sync(who(), generation, assignments(told.joined()));
                life = new Life.Syncing(shard.send(sync));
            }
            case Life.Syncing syncing -> {
                if (!shard.isWaiting(syncing.token())) synced(shard.answer(syncing.token()));
            }
            case Life.Stable _ -> {
                if (shard.ask(Shard.beat(who(), generation)) instanceof Refused refused) refused(refused.code());
            }
        }
    }

    /// Tries to commit; what was kept is given back. Only an owner of the present generation must succeed.
    Optional<Position> commit(Shard shard) {
        if (generation < 0 || random.nextInt(3) > 0) return Optional.empty();
        var position = new Position("topic", Uuid.ONE_UUID, random.nextInt(PARTITIONS), ++nextOffset, -1, null);
        var at = shard.ask(GroupAnswer.Described.class, Shard.describe());
        var answer = shard.ask(token -> new GroupCommand.Commit(
                token, Shard.GROUP, generation, who(), List.of(position), Errors.ILLEGAL_GENERATION, -1));
        if (!(answer instanceof Committed)) return Optional.empty();
        boolean here =
                at.members().stream().anyMatch(member -> member.memberId().equals(memberId));
        assertTrue(here, name() + " committed and is no member");
        assertTrue(at.state().equals("Stable") || at.state().equals("PreparingRebalance"), at.state());
        return Optional.of(position);
    }

    private void startAnew() {
        memberId = "";
        generation = -1;
        life = new Life.Out();
    }

    private void join(Shard shard) {
        var protocols = random.nextInt(10) == 0 ? new String[] {"sticky"} : new String[] {"range", "sticky"};
        boolean modern = random.nextInt(4) > 0;
        life = new Life.Joining(shard.send(shard.join(who(), Shard.terms(protocols), modern, modern)));
    }

    private void joined(GroupAnswer answer) {
        switch (answer) {
            case JoinRefused refused
            when refused.code() == Errors.MEMBER_ID_REQUIRED -> {
                memberId = refused.memberId();
                life = new Life.Out();
            }
            case JoinRefused refused -> refused(refused.code());
            case Joined joined -> {
                assertTrue(joined.generation() >= floor, "generations only grow");
                floor = joined.generation();
                memberId = joined.memberId();
                generation = joined.generation();
                life = new Life.Told(joined);
            }
            default -> throw new AssertionError(answer);
        }
    }

    private Map<String, Opaque> assignments(Joined joined) {
        var assignments = new HashMap<String, Opaque>();
        if (!joined.leader().equals(memberId) || joined.skipAssignment()) return assignments;
        var lists = new HashMap<String, StringBuilder>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            var owner = joined.members().get(random.nextInt(joined.members().size()));
            lists.computeIfAbsent(owner.memberId(), _ -> new StringBuilder()).append(partition);
        }
        lists.forEach((member, list) -> assignments.put(member, Shard.bytes(list.toString())));
        return assignments;
    }

    private void synced(GroupAnswer answer) {
        if (answer instanceof Refused refused) {
            refused(refused.code());
            return;
        }
        if (!(answer instanceof Synced synced)) throw new AssertionError(answer);
        var list = new String(synced.assignment().bytes(), java.nio.charset.StandardCharsets.UTF_8);
        life = new Life.Stable(IntStream.range(0, list.length())
                .mapToObj(i -> list.charAt(i) - '0')
                .collect(Collectors.toSet()));
    }

    private void refused(Errors code) {
        switch (code) {
            case REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION -> life = new Life.Out();
            case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> startAnew();
            case INCONSISTENT_GROUP_PROTOCOL -> life = new Life.Out();
            default -> assertEquals(Errors.NONE, code);
        }
    }
}
