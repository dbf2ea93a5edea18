package io.millrace.metadata;

/// A user under one SCRAM mechanism.
///
/// @param mechanism `SCRAM-SHA-256` or `SCRAM-SHA-512`
public record ScramUser(String name, String mechanism) implements Comparable<ScramUser> {

    @Override
    public int compareTo(ScramUser other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : mechanism.compareTo(other.mechanism);
    }
}
