package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupCommand;
import io.millrace.coordinator.group.GroupMachine;
import io.millrace.coordinator.group.GroupSettings;
import io.millrace.model.Promise;
import io.millrace.model.machine.Effect;
import io.millrace.replica.Shard;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.kafka.common.protocol.Errors;

/// One shard of groups in memory, where everything is committed at once and timers without delay ring at
/// once.
final class MemoryShard implements GroupShards {

    /// What every question is refused with; `NONE` for answering.
    Errors refuses = Errors.NONE;

    private final GroupMachine machine = new GroupMachine(GroupSettings.defaults());
    private final Map<Long, Promise<GroupAnswer>> open = new HashMap<>();
    private final ArrayDeque<GroupCommand> due = new ArrayDeque<>();
    private long nextToken;

    @Override
    public Promise<GroupAnswer> ask(Shard here, String group, LongFunction<GroupCommand> commandFor) {
        if (refuses != Errors.NONE) return Promise.of(new GroupAnswer.Refused(refuses));
        var promise = new Promise<GroupAnswer>();
        long token = nextToken++;
        open.put(token, promise);
        due.add(commandFor.apply(token));
        for (var command = due.poll(); command != null; command = due.poll()) run(command);
        return promise;
    }

    @Override
    public Promise<List<GroupAnswer>> askAll(Shard here, LongFunction<GroupCommand> commandFor) {
        return ask(here, "", commandFor).map(List::of);
    }

    private void run(GroupCommand command) {
        var decision = machine.decide(command, 1_700_000_000_000L);
        decision.records().forEach(machine::apply);
        for (var effect : decision.effects()) {
            switch (effect) {
                case Effect.Reply<GroupCommand, GroupAnswer> reply -> {
                    var promise = open.remove(reply.token());
                    if (promise != null) promise.complete(reply.answer());
                }
                case Effect.SetTimer<GroupCommand, GroupAnswer> timer -> {
                    if (timer.delayMs() == 0) due.add(timer.command());
                }
                case Effect.CancelTimer<GroupCommand, GroupAnswer> _ -> {}
            }
        }
    }
}
