package io.millrace.model.machine;

/// Something only the host of a [StateMachine] can do.
///
/// @param <C> command
/// @param <A> answer
public sealed interface Effect<C, A> {

    /// Tell whoever asked with `token`. Held back until everything decided so far is committed.
    record Reply<C, A>(long token, A answer) implements Effect<C, A> {}

    /// Ask `command` again after `delayMs`, unless `key` is set anew or cancelled before.
    record SetTimer<C, A>(String key, long delayMs, C command) implements Effect<C, A> {}

    /// Forget the timer `key`; nothing happens when there is none.
    record CancelTimer<C, A>(String key) implements Effect<C, A> {}
}
