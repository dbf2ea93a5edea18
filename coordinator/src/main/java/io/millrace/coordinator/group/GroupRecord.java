package io.millrace.coordinator.group;

import io.millrace.model.machine.Ephemeral;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happened in a group. Records say what is true afterwards, so that applying one decides nothing.
///
/// The first four are durable: they are what Kafka keeps in `__consumer_offsets`. The others are who waits for whom
/// and who is alive; a new coordinator begins without them.
public sealed interface GroupRecord {

    String group();

    /// The group has read one partition up to here.
    record OffsetCommitted(String group, String topic, int partition, CommittedOffset offset) implements GroupRecord {}

    /// The group's position in one partition is gone.
    record OffsetForgotten(String group, String topic, int partition) implements GroupRecord {}

    /// The group as a new coordinator will find it. Without members it is empty, otherwise stable.
    ///
    /// @param protocolType empty for a group that only commits offsets
    /// @param protocol     null while there are no members
    /// @param leader       null while there are no members
    /// @param sinceMs      since when it is in its state, milliseconds since 1970; -1 when not known
    record GroupStored(
            String group,
            String protocolType,
            int generation,
            @Nullable String protocol,
            @Nullable String leader,
            long sinceMs,
            List<StoredMember> members)
            implements GroupRecord {}

    /// A member of a stored group.
    ///
    /// @param subscription what it said under the group's protocol
    /// @param assignment   its part of the work
    record StoredMember(
            String id,
            @Nullable String instanceId,
            GroupCommand.Client client,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            Opaque subscription,
            Opaque assignment) {}

    /// The group is gone.
    record GroupForgotten(String group) implements GroupRecord {}

    /// A member is, from now on, like this.
    record MemberIs(String group, Member member) implements GroupRecord, Ephemeral {}

    /// A member is no more.
    record MemberGone(String group, String memberId) implements GroupRecord, Ephemeral {}

    /// An id was given away; whoever got it is expected to join with it.
    record IdGiven(String group, String memberId) implements GroupRecord, Ephemeral {}

    /// An id that was given away is not expected any more.
    record IdWithdrawn(String group, String memberId) implements GroupRecord, Ephemeral {}

    /// The group has moved on.
    ///
    /// @param why in words, for the people who read logs
    record Moved(String group, Standing standing, String why) implements GroupRecord, Ephemeral {}
}
