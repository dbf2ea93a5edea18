package io.millrace.model.machine;

/// The rules of one coordinator, and nothing else.
///
/// **`decide` never changes state; `apply` never decides.** Both are deterministic: the same state and the
/// same arguments give the same result on every machine, today and during replay. So an implementation has
/// no thread, no clock, no file, no socket, no randomness.
///
/// @param <C> command: what is asked
/// @param <R> record: what happened, the only thing that changes state
/// @param <A> answer: what the asker is told
public interface StateMachine<C, R, A> {

    /// What follows from `command`, given what was applied so far.
    ///
    /// @param nowMs wall-clock milliseconds, as the host sees them
    Decision<C, R, A> decide(C command, long nowMs);

    /// Makes `record` part of the state. Called in the order of the log, also during replay.
    void apply(R record);
}
