package io.millrace.model.machine;

import java.util.List;

/// What a [StateMachine] decided: the records that make it true, and what to do about it once they are
/// applied.
///
/// Records that are [Ephemeral] are applied and not written.
public record Decision<C, R, A>(List<R> records, List<Effect<C, A>> effects) {

    public static <C, R, A> Decision<C, R, A> nothing() {
        return new Decision<>(List.of(), List.of());
    }
}
