package io.millrace.metadata;

import java.util.Optional;
import java.util.Set;

/// The rules of topic names, which are Kafka's: 1 to 249 of `a-z A-Z 0-9 . _ -`, and not `.` or `..`.
public final class TopicName {

    public static final int MAX_LENGTH = 249;

    public static final String CONSUMER_OFFSETS = "__consumer_offsets";
    public static final String TRANSACTION_STATE = "__transaction_state";
    public static final String SHARE_GROUP_STATE = "__share_group_state";

    /// Kafka's name for its metadata log; no topic of it exists here, and none may be made.
    public static final String CLUSTER_METADATA = "__cluster_metadata";

    private static final Set<String> INTERNAL = Set.of(CONSUMER_OFFSETS, TRANSACTION_STATE, SHARE_GROUP_STATE);

    private TopicName() {}

    public static boolean isInternal(String name) {
        return INTERNAL.contains(name);
    }

    /// Why `name` cannot be a topic's name, in Kafka's words; empty when it can.
    public static Optional<String> objection(String name) {
        if (name.isEmpty()) return Optional.of("Topic name is invalid: the empty string is not allowed");
        if (name.equals(".")) return Optional.of("Topic name is invalid: '.' is not allowed");
        if (name.equals("..")) return Optional.of("Topic name is invalid: '..' is not allowed");
        if (name.length() > MAX_LENGTH)
            return Optional.of("Topic name is invalid: the length of '" + name
                    + "' is longer than the max allowed length " + MAX_LENGTH);
        if (!name.chars().allMatch(TopicName::allowed))
            return Optional.of("Topic name is invalid: '" + name + "' contains one or more characters other than "
                    + "ASCII alphanumerics, '.', '_' and '-'");
        return Optional.empty();
    }

    /// Do the names differ only in `.` and `_`? Then metric names could not tell them apart.
    public static boolean collide(String one, String other) {
        if (one.length() != other.length() || one.equals(other)) return false;
        for (int i = 0; i < one.length(); i++) {
            if (unified(one.charAt(i)) != unified(other.charAt(i))) return false;
        }
        return true;
    }

    private static char unified(char c) {
        return c == '.' ? '_' : c;
    }

    private static boolean allowed(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._-".indexOf(c) >= 0;
    }
}
