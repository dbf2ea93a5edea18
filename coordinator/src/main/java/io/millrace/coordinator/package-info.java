/// # coordinator: the rules of groups
///
/// Every package here is one mind: a state machine that decides what follows from a command and nothing else.
///
/// - **Knows** what members, generations, assignments and committed offsets mean.
/// - **Does not know** threads, clocks, files, sockets, randomness; time and random ids are arguments.
/// - **Called by** a host (`replica`) that writes what was decided, and by `broker`, which speaks its commands.
///
/// Read [io.millrace.coordinator.group.GroupMachine] first.
@NullMarked
package io.millrace.coordinator;

import org.jspecify.annotations.NullMarked;
