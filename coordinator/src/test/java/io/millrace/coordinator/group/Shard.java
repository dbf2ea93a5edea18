package io.millrace.coordinator.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.model.machine.Effect;
import io.millrace.model.machine.Ephemeral;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A shard for stories: a machine, its log, timers on a clock that is moved by hand, and who was told what.
///
/// Every decision is made twice and must be the same: deciding changes nothing.
final class Shard {

    static final String GROUP = "orders";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 30_000;

    record Timer(long atMs, long order, GroupCommand command) {}

    final GroupMachine machine;
    final List<GroupRecord> log = new ArrayList<>();
    final Map<String, Timer> timers = new HashMap<>();
    private final Map<Long, GroupAnswer> answers = new HashMap<>();
    private long nowMs = 1_700_000_000_000L;
    private long nextToken;
    private long order;
    private long lastId;

    Shard() {
        this(GroupSettings.defaults());
    }

    Shard(GroupSettings settings) {
        machine = new GroupMachine(settings);
    }

    long nowMs() {
        return nowMs;
    }

    /// Asks, and gives the token under which an answer may come later.
    long send(LongFunction<GroupCommand> question) {
        long token = nextToken++;
        tell(question.apply(token));
        return token;
    }

    /// Asks what is answered at once.
    GroupAnswer ask(LongFunction<GroupCommand> question) {
        return answer(send(question));
    }

    <A extends GroupAnswer> A ask(Class<A> as, LongFunction<GroupCommand> question) {
        return assertInstanceOf(as, ask(question));
    }

    GroupAnswer answer(long token) {
        var answer = answers.get(token);
        assertNotNull(answer, "still waiting");
        return answer;
    }

    <A extends GroupAnswer> A answer(Class<A> as, long token) {
        return assertInstanceOf(as, answer(token));
    }

    boolean isWaiting(long token) {
        return !answers.containsKey(token);
    }

    void tell(GroupCommand command) {
        var decision = machine.decide(command, nowMs);
        assertEquals(decision, machine.decide(command, nowMs), "deciding changed something");
        for (var record : decision.records()) {
            machine.apply(record);
            if (!(record instanceof Ephemeral)) log.add(record);
        }
        for (var effect : decision.effects()) {
            switch (effect) {
                case Effect.Reply<GroupCommand, GroupAnswer> reply ->
                    assertNull(answers.put(reply.token(), reply.answer()), "answered twice");
                case Effect.SetTimer<GroupCommand, GroupAnswer> timer ->
                    timers.put(timer.key(), new Timer(nowMs + timer.delayMs(), order++, timer.command()));
                case Effect.CancelTimer<GroupCommand, GroupAnswer> timer -> timers.remove(timer.key());
            }
        }
    }

    /// Lets time pass; timers ring in their order.
    void pass(long ms) {
        long untilMs = nowMs + ms;
        while (ring(untilMs)) {}
        nowMs = untilMs;
    }

    private boolean ring(long untilMs) {
        var next = timers.entrySet().stream()
                .filter(timer -> timer.getValue().atMs() <= untilMs)
                .min(Comparator.comparingLong((Map.Entry<String, Timer> timer) ->
                                timer.getValue().atMs())
                        .thenComparingLong(timer -> timer.getValue().order()));
        if (next.isEmpty()) return false;
        timers.remove(next.get().getKey());
        nowMs = next.get().getValue().atMs();
        tell(next.get().getValue().command());
        return true;
    }

    /// What the next coordinator would make of the log.
    Shard successor(GroupSettings settings) {
        var next = new Shard(settings);
        next.nowMs = nowMs;
        next.nextToken = nextToken;
        next.lastId = lastId;
        log.forEach(next.machine::apply);
        next.log.addAll(log);
        return next;
    }

    // Questions:

    static GroupCommand.Who who(String memberId) {
        return new GroupCommand.Who(memberId, null);
    }

    static GroupCommand.Who who(String memberId, @Nullable String instanceId) {
        return new GroupCommand.Who(memberId, instanceId);
    }

    static GroupCommand.Terms terms(String... protocols) {
        var list = IntStream.range(0, protocols.length)
                .mapToObj(i -> new Protocol(protocols[i], bytes("says " + protocols[i])))
                .toList();
        return new GroupCommand.Terms(SESSION_MS, REBALANCE_MS, "consumer", list);
    }

    static Opaque bytes(String text) {
        return Opaque.of(text.getBytes(StandardCharsets.UTF_8));
    }

    LongFunction<GroupCommand> join(GroupCommand.Who who, GroupCommand.Terms terms) {
        return join(who, terms, true, true);
    }

    LongFunction<GroupCommand> join(
            GroupCommand.Who who, GroupCommand.Terms terms, boolean mustReturnWithId, boolean maySkip) {
        var client = new GroupCommand.Client("app", "/10.0.0.1");
        var joiner = new GroupCommand.Joiner(new Uuid(7, ++lastId), mustReturnWithId, maySkip, "");
        return token -> new GroupCommand.Join(token, GROUP, who, client, terms, joiner);
    }

    static LongFunction<GroupCommand> sync(GroupCommand.Who who, int generation) {
        return sync(who, generation, Map.of());
    }

    static LongFunction<GroupCommand> sync(GroupCommand.Who who, int generation, Map<String, Opaque> assignments) {
        return token -> new GroupCommand.Sync(token, GROUP, generation, who, "consumer", null, assignments);
    }

    static LongFunction<GroupCommand> beat(GroupCommand.Who who, int generation) {
        return token -> new GroupCommand.Heartbeat(token, GROUP, generation, who);
    }

    static LongFunction<GroupCommand> leave(GroupCommand.Who... members) {
        return token -> new GroupCommand.Leave(token, GROUP, List.of(members));
    }

    static LongFunction<GroupCommand> describe() {
        return token -> new GroupCommand.Describe(token, GROUP);
    }

    String state() {
        return ask(GroupAnswer.Described.class, describe()).state();
    }

    // Chapters that many stories begin with:

    /// An id for a new dynamic member.
    String freshId() {
        var refused = ask(GroupAnswer.JoinRefused.class, join(who(""), terms("range")));
        assertEquals(org.apache.kafka.common.protocol.Errors.MEMBER_ID_REQUIRED, refused.code());
        return refused.memberId();
    }

    /// These many members, stable in one generation; the first one leads. Each has its own id as assignment.
    List<String> stableGroupOf(int count) {
        var ids = IntStream.range(0, count).mapToObj(_ -> freshId()).toList();
        var tokens = ids.stream()
                .map(id -> send(join(who(id), terms("range", "roundrobin"))))
                .toList();
        pass(0);
        var joined = answer(GroupAnswer.Joined.class, tokens.getFirst());
        var assignments = new HashMap<String, Opaque>();
        for (var id : ids) assignments.put(id, bytes(id));
        for (var id : ids.subList(1, count)) send(sync(who(id), joined.generation()));
        ask(GroupAnswer.Synced.class, sync(who(ids.getFirst()), joined.generation(), assignments));
        return ids;
    }
}
