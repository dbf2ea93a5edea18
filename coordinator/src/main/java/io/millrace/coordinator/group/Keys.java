package io.millrace.coordinator.group;

/// The names of timers. Group and member ids may hold any character, so each name says where the group's id ends.
final class Keys {

    static final String EXPIRY = "expiry";

    private Keys() {}

    static String session(String group, String memberId) {
        return "session " + group.length() + ' ' + group + ' ' + memberId;
    }

    static String join(String group) {
        return "join " + group;
    }

    static String sync(String group) {
        return "sync " + group;
    }
}
