package io.millrace.broker;

/// The room in the answer of a fetch, as the readings of one round take it up. What is still asked of
/// the disk is counted with what it may bring.
final class Room {

    private final int maxBytes;
    private long given;
    private long expected;

    Room(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// What is left for the next one.
    int left() {
        return (int) Math.max(0, maxBytes - given - expected);
    }

    /// The same, had nobody been given anything yet.
    int leftByTheDisk() {
        return (int) Math.max(0, maxBytes - expected);
    }

    /// Whether nobody has taken any of it.
    boolean isUntouched() {
        return given == 0 && expected == 0;
    }

    /// `reading` was read, or is being read, with what was left.
    void take(Reading reading) {
        if (reading.isUnderWay()) expected += reading.expectedBytes();
        else if (reading.sizeBytes() > 0) given += reading.sizeBytes();
        else if (expected > 0 && left() == 0) reading.cramp();
    }
}
