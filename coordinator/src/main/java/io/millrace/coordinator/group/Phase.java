package io.millrace.coordinator.group;

/// Where a group is in its life.
///
/// ```
///   Empty --join--> Preparing --all joined, or time is up--> Completing --leader syncs--> Stable
///     ^                 ^  |                                      |                          |
///     +---nobody left------+       +------------join, leave, silence of a member-------------+
/// ```
public sealed interface Phase {

    /// Nobody is in it.
    record Empty() implements Phase {}

    /// Members are called to join the next generation.
    ///
    /// @param first   the group was empty before, and waits a little for further members
    /// @param growing further members came while it waited
    record Preparing(boolean first, boolean growing) implements Phase {}

    /// The generation is formed, and the leader is assigning.
    record Completing() implements Phase {}

    /// Everybody has, or can fetch, an assignment.
    record Stable() implements Phase {}

    /// The name that Kafka's tools know.
    default String kafkaName() {
        return switch (this) {
            case Empty _ -> "Empty";
            case Preparing _ -> "PreparingRebalance";
            case Completing _ -> "CompletingRebalance";
            case Stable _ -> "Stable";
        };
    }
}
