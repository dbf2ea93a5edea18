package io.millrace.coordinator.group;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a client is told.
public sealed interface GroupAnswer {

    /// Not done, and nothing has changed by it.
    record Refused(Errors code) implements GroupAnswer {}

    /// Done; nothing more to say.
    record Done() implements GroupAnswer {}

    /// Not in the group.
    ///
    /// @param memberId the id to ask with next time; empty for none
    record JoinRefused(Errors code, String memberId) implements GroupAnswer {}

    /// A part of a generation.
    ///
    /// @param protocol       what the group agreed on
    /// @param skipAssignment the leader is told everything and assigns nothing
    /// @param members        everybody, for the leader; empty for the others
    record Joined(
            String memberId,
            int generation,
            @Nullable String protocolType,
            @Nullable String protocol,
            String leader,
            boolean skipAssignment,
            List<JoinedMember> members)
            implements GroupAnswer {}

    /// What the leader is told about each member.
    record JoinedMember(String memberId, @Nullable String instanceId, Opaque metadata) {}

    /// One's part of the work.
    record Synced(@Nullable String protocolType, @Nullable String protocol, Opaque assignment) implements GroupAnswer {}

    /// Each member that was to leave, in the order of the question.
    record Left(List<LeftMember> members) implements GroupAnswer {}

    /// @param code `NONE` when it is out
    record LeftMember(String memberId, @Nullable String instanceId, Errors code) {}

    /// Each position that was to be kept, in the order of the question.
    record Committed(List<PartitionCode> partitions) implements GroupAnswer {}

    /// Each position that was to be forgotten, in the order of the question.
    record Forgotten(List<PartitionCode> partitions) implements GroupAnswer {}

    /// @param code `NONE` when it is done
    record PartitionCode(String topic, int partition, Errors code) {}

    /// Positions; those that were asked for and are not there have no offset.
    record Positions(List<PositionOf> partitions) implements GroupAnswer {}

    /// @param offset null when the group has none
    record PositionOf(String topic, int partition, @Nullable CommittedOffset offset) {}

    /// A group as it is.
    ///
    /// @param code         `NONE`, or `GROUP_ID_NOT_FOUND` with the state `Dead`
    /// @param state        by Kafka's name
    /// @param protocolType empty for a group that only commits offsets
    /// @param protocol     empty unless the group is stable
    record Described(
            Errors code,
            String group,
            String state,
            String protocolType,
            String protocol,
            List<DescribedMember> members)
            implements GroupAnswer {}

    /// @param metadata empty unless the group is stable
    record DescribedMember(
            String memberId,
            @Nullable String instanceId,
            GroupCommand.Client client,
            Opaque metadata,
            Opaque assignment) {}

    /// The groups of one shard that were asked for.
    record Listed(List<ListedGroup> groups) implements GroupAnswer {}

    /// @param type  by Kafka's name
    /// @param state by Kafka's name
    record ListedGroup(String group, String protocolType, String state, String type) {}
}
