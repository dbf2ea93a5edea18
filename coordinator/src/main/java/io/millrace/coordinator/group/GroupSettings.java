package io.millrace.coordinator.group;

/// What the groups of a shard are held to.
public record GroupSettings(Sessions sessions, Sizes sizes, Retention retention) {

    /// Times of membership, in milliseconds.
    ///
    /// @param minTimeoutMs    the shortest session a member may ask for (`group.min.session.timeout.ms`)
    /// @param maxTimeoutMs    the longest (`group.max.session.timeout.ms`)
    /// @param firstDelayMs    how long an empty group waits for more members (`group.initial.rebalance.delay.ms`)
    /// @param newMemberWaitMs how long a member waits at most for its first answer
    public record Sessions(int minTimeoutMs, int maxTimeoutMs, int firstDelayMs, int newMemberWaitMs) {

        public Sessions {
            if (minTimeoutMs < 1) throw new IllegalArgumentException("minTimeoutMs is below 1: " + minTimeoutMs);
            if (maxTimeoutMs < minTimeoutMs) {
                throw new IllegalArgumentException("maxTimeoutMs " + maxTimeoutMs + " is below " + minTimeoutMs);
            }
            if (firstDelayMs < 0) throw new IllegalArgumentException("firstDelayMs is negative: " + firstDelayMs);
            if (newMemberWaitMs < 1) throw new IllegalArgumentException("newMemberWaitMs is below 1");
        }
    }

    /// What bounds memory and records.
    ///
    /// @param maxMembers       in one group (`group.max.size`); also bounds the ids given away and not yet used
    /// @param maxMetadataChars of one committed offset (`offset.metadata.max.bytes`, counted in chars)
    /// @param maxStoredBytes   of one group with its members' subscriptions and assignments
    /// @param maxGroups        on one shard
    public record Sizes(int maxMembers, int maxMetadataChars, int maxStoredBytes, int maxGroups) {

        public Sizes {
            if (maxMembers < 1) throw new IllegalArgumentException("maxMembers is below 1: " + maxMembers);
            if (maxMetadataChars < 0) throw new IllegalArgumentException("maxMetadataChars is negative");
            if (maxStoredBytes < 1) throw new IllegalArgumentException("maxStoredBytes is below 1");
            if (maxGroups < 1) throw new IllegalArgumentException("maxGroups is below 1: " + maxGroups);
        }
    }

    /// How long offsets are kept, in milliseconds.
    ///
    /// @param offsetsMs    after the group became empty, or after the last commit where nobody joins
    ///                     (`offsets.retention.minutes`)
    /// @param checkEveryMs how often that is looked at (`offsets.retention.check.interval.ms`)
    public record Retention(long offsetsMs, long checkEveryMs) {

        public Retention {
            if (offsetsMs < 1) throw new IllegalArgumentException("offsetsMs is below 1: " + offsetsMs);
            if (checkEveryMs < 1) throw new IllegalArgumentException("checkEveryMs is below 1: " + checkEveryMs);
        }
    }

    /// Kafka's values, save that an empty group does not wait, a group has at most 5,000 members, and offsets stay
    /// for 30 days.
    public static GroupSettings defaults() {
        return new GroupSettings(
                new Sessions(6_000, 1_800_000, 0, 300_000),
                new Sizes(5_000, 4_096, 1_000_000, 100_000),
                new Retention(30L * 24 * 60 * 60 * 1000, 600_000));
    }
}
