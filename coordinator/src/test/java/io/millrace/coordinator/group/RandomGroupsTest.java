package io.millrace.coordinator.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.coordinator.group.GroupAnswer.Described;
import io.millrace.coordinator.group.GroupAnswer.Positions;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.model.machine.Effect.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Several clients do what clients do in any order, time passes in any steps, and coordinators come and go.
///
/// What must hold after every step:
/// - no partition has two owners that the coordinator takes for members (G1);
/// - only an owner of the present generation commits (G2);
/// - the position that was committed last is the one that is told, also by the next coordinator (G3);
/// - a stable or empty group is told alike by the next coordinator.
///
/// And in the end, when everybody behaves: the group is stable and every partition has an owner (G4), and when all have
/// left, nothing is left of them.
class RandomGroupsTest {

    private static final int RUNS = 150;
    private static final int STEPS = 400;

    @Test
    void whateverHappensOwnershipIsExclusiveAndPositionsStay() {
        long seed = new Random().nextLong();
        for (int run = 0; run < RUNS; run++) {
            try {
                new Story(new Random(seed + run)).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + (seed + run), e);
            }
        }
    }

    private static final class Story {
        private final Random random;
        private final GroupSettings settings;
        private final List<RandomClient> clients;
        private final Map<Integer, Long> committed = new TreeMap<>();
        private Shard shard;

        private Story(Random random) {
            this.random = random;
            var defaults = GroupSettings.defaults();
            var sessions = new GroupSettings.Sessions(6_000, 1_800_000, random.nextInt(3) * 500, 60_000);
            settings = new GroupSettings(sessions, defaults.sizes(), defaults.retention());
            shard = new Shard(settings);
            clients = IntStream.range(0, 2 + random.nextInt(5))
                    .mapToObj(i -> new RandomClient(i, random.nextInt(3) == 0 ? "static" + i : null, random))
                    .toList();
        }

        private void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
                check();
            }
            settle();
            disband();
        }

        private void step() {
            int dice = random.nextInt(100);
            if (dice < 80) {
                var client = clients.get(random.nextInt(clients.size()));
                client.act(shard);
                client.commit(shard).ifPresent(position -> committed.put(position.partition(), position.offset()));
            } else if (dice < 98) {
                shard.pass(random.nextInt(dice < 95 ? 500 : 20_000));
            } else {
                shard = shard.successor(settings);
                shard.tell(new GroupCommand.Loaded());
                clients.forEach(RandomClient::lostConnection);
            }
        }

        private void check() {
            var owners = new HashMap<Integer, String>();
            for (var client : clients) {
                if (!isMember(client)) continue;
                for (int partition : client.owned()) {
                    var other = owners.put(partition, client.name());
                    assertEquals(null, other, client.name() + " owns " + partition + " too");
                }
            }
            assertEquals(committed, positions(shard));
            var next = shard.successor(settings);
            assertEquals(committed, positions(next));
            var live = shard.ask(Described.class, Shard.describe());
            if (live.state().equals("Stable") || live.state().equals("Empty")) {
                assertEquals(live, next.ask(Described.class, Shard.describe()));
            }
        }

        /// Deciding changes nothing, so one may ask without asking.
        private boolean isMember(RandomClient client) {
            var beat = new GroupCommand.Heartbeat(-1, Shard.GROUP, client.generation(), client.who());
            var effect = shard.machine.decide(beat, shard.nowMs()).effects().getLast();
            if (!(effect instanceof Reply<GroupCommand, GroupAnswer> reply)) throw new AssertionError(effect);
            return !(reply.answer() instanceof Refused refused) || refused.code() == Errors.REBALANCE_IN_PROGRESS;
        }

        private static Map<Integer, Long> positions(Shard shard) {
            var told = new TreeMap<Integer, Long>();
            for (var position : shard.ask(Positions.class, token -> new GroupCommand.Fetch(token, Shard.GROUP, null))
                    .partitions()) {
                if (position.offset() != null)
                    told.put(position.partition(), position.offset().offset());
            }
            return told;
        }

        private void settle() {
            for (int round = 0; round < 2_000; round++) {
                for (var client : clients) client.behave(shard);
                shard.pass(100);
                check();
                if (allOwned()) return;
            }
            throw new AssertionError("not stable in the end: " + shard.ask(Described.class, Shard.describe()));
        }

        private boolean allOwned() {
            var owned = new HashSet<Integer>();
            for (var client : clients) {
                if (!client.isStable() || !isMember(client)) return false;
                owned.addAll(client.owned());
            }
            return shard.state().equals("Stable") && owned.size() == RandomClient.PARTITIONS;
        }

        private void disband() {
            var tokens = new ArrayList<Long>();
            for (var client : clients) tokens.add(shard.send(Shard.leave(client.who())));
            for (long token : tokens) shard.answer(GroupAnswer.Left.class, token);
            shard.pass(120_000);
            assertEquals("Empty", shard.state());
            shard.timers.keySet().remove("expiry");
            assertTrue(shard.timers.isEmpty(), "timers are left: " + shard.timers);
        }
    }
}
