package io.millrace.metadata;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whom a quota limits: a user, a client id, an address, or a user's client id.
///
/// @param parts the kind (`user`, `client-id`, `ip`) to the name, where the empty name stands for "everyone
///              without a limit of his own"
public record QuotaEntity(SortedMap<String, String> parts) implements Comparable<QuotaEntity> {

    public QuotaEntity {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    @Override
    public int compareTo(QuotaEntity other) {
        return parts.toString().compareTo(other.parts.toString());
    }
}
