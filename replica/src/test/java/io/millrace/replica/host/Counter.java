package io.millrace.replica.host;

import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect;
import io.millrace.model.machine.Ephemeral;
import io.millrace.model.machine.StateMachine;
import java.util.List;

/// A mind that counts, to see what its host does.
final class Counter implements StateMachine<Counter.Command, Counter.Event, String> {

    sealed interface Command {}

    /// Counts one more, and says how many.
    record Count(long token) implements Command {}

    /// Says how many.
    record Tell(long token) implements Command {}

    /// Counts one more, later.
    record CountIn(long token, long delayMs) implements Command {}

    record Later() implements Command {}

    /// Answers when somebody calls.
    record Wait(long token) implements Command {}

    record Call(long token) implements Command {}

    record Loaded() implements Command {}

    /// Fails while it decides.
    record Stumble(long token) implements Command {}

    sealed interface Event {}

    record Counted() implements Event {}

    record Waits(long token) implements Event, Ephemeral {}

    int count;
    private long waiting = -1;

    @Override
    public Decision<Command, Event, String> decide(Command command, long nowMs) {
        return switch (command) {
            case Count count -> new Decision<>(List.of(new Counted()), List.of(reply(count.token(), this.count + 1)));
            case Tell tell -> new Decision<>(List.of(), List.of(reply(tell.token(), count)));
            case CountIn count ->
                new Decision<>(
                        List.of(),
                        List.of(
                                new Effect.SetTimer<>("count", count.delayMs(), new Later()),
                                new Effect.Reply<>(count.token(), "later")));
            case Later _ -> new Decision<>(List.of(new Counted()), List.of());
            case Wait wait -> new Decision<>(List.of(new Waits(wait.token())), List.of());
            case Call call ->
                new Decision<>(
                        List.of(new Waits(-1)),
                        List.of(new Effect.Reply<>(waiting, "called"), new Effect.Reply<>(call.token(), "done")));
            case Loaded _ -> Decision.nothing();
            case Stumble _ -> throw new IllegalStateException("stumbled");
        };
    }

    @Override
    public void apply(Event event) {
        switch (event) {
            case Counted _ -> count++;
            case Waits waits -> waiting = waits.token();
        }
    }

    private static Effect<Command, String> reply(long token, int number) {
        return new Effect.Reply<>(token, Integer.toString(number));
    }
}
