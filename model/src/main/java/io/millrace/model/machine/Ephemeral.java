package io.millrace.model.machine;

/// Marks a record that changes state in memory only: it is applied and not written, and a restart forgets it.
public interface Ephemeral {}
