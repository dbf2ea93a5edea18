package io.millrace.coordinator.group;

/// One way of sharing out the work that a member is able to follow, `range` for example.
///
/// @param name     by which members vote
/// @param metadata what the leader must know about this member to assign by it
public record Protocol(String name, Opaque metadata) {}
