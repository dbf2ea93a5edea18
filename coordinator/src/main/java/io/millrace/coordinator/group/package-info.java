/// # coordinator.group: classic consumer groups
///
/// Members join, the first of them shares out the work, everybody syncs and says now and then that it is alive; and a
/// group remembers how far it has read. What a client can see follows Kafka's classic group protocol.
///
/// - **Knows** membership, generations, sessions, votes for a protocol, committed offsets and when they expire.
/// - **Does not know** which assignor runs (members do that), topics' existence, requests, versions of the protocol.
/// - **Called by** a host, one command at a time; `broker` makes the commands and reads the answers.
/// - **Thread** none of its own: one machine belongs to one host.
///
/// Read [GroupMachine] first, then [Group] and [Draft]; each family of commands has its own file.
@NullMarked
package io.millrace.coordinator.group;

import org.jspecify.annotations.NullMarked;
