package io.millrace.coordinator.group;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is true of a group as a whole.
///
/// @param phase        where it is in its life
/// @param generation   counts up with every new membership, from 0
/// @param protocolType null for a group that nobody ever joined
/// @param protocol     what its members agreed on in this generation; null while there are none
/// @param leader       the member that assigns; null while there are no members
/// @param sinceMs      since when it is in its phase, milliseconds since 1970; -1 when not known
/// @param subscribed   the topics its consumers read in this generation; null when that is not known
public record Standing(
        Phase phase,
        int generation,
        @Nullable String protocolType,
        @Nullable String protocol,
        @Nullable String leader,
        long sinceMs,
        @Nullable Set<String> subscribed) {

    /// The protocol type of consumers, whose subscriptions we can read.
    public static final String CONSUMER = "consumer";

    static final Standing NEW = new Standing(new Phase.Empty(), 0, null, null, null, -1, null);

    Standing to(Phase next, long nowMs) {
        return new Standing(next, generation, protocolType, protocol, leader, nowMs, subscribed);
    }

    Standing ledBy(@Nullable String memberId) {
        return new Standing(phase, generation, protocolType, protocol, memberId, sinceMs, subscribed);
    }

    Standing ofType(String type) {
        return new Standing(phase, generation, type, protocol, leader, sinceMs, subscribed);
    }

    boolean isEmpty() {
        return phase instanceof Phase.Empty;
    }

    boolean ofConsumers() {
        return CONSUMER.equals(protocolType);
    }

    /// Whether somebody in the group reads `topic`; when we cannot know, consumers are taken to.
    boolean reads(String topic) {
        return subscribed == null ? ofConsumers() : subscribed.contains(topic);
    }
}
