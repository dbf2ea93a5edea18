package io.millrace.coordinator.group;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What the groups of one shard can be asked.
///
/// Commands that begin with a `token` come from a client; exactly one reply with that token follows, at once or, for
/// a member that must wait for the others, later. The rest are asked by the host and by timers.
public sealed interface GroupCommand {

    /// Who says it.
    ///
    /// @param memberId   empty for a member that has no id yet
    /// @param instanceId the lasting name of a static member; null for a dynamic one
    record Who(String memberId, @Nullable String instanceId) {}

    /// Where it comes from, for people to read.
    record Client(String id, String host) {}

    /// On what terms a member takes part.
    ///
    /// @param sessionTimeoutMs   silent for longer, and it is out
    /// @param rebalanceTimeoutMs how long others wait for it when the group forms anew
    /// @param protocolType       `consumer` for consumers; one for the whole group
    /// @param protocols          by preference, each name once; of two with one name the first counts
    record Terms(int sessionTimeoutMs, int rebalanceTimeoutMs, String protocolType, List<Protocol> protocols) {

        public Terms {
            var names = new HashSet<String>();
            protocols = protocols.stream()
                    .filter(protocol -> names.add(protocol.name()))
                    .toList();
        }
    }

    /// What a joining client can do, and what only the outside can give.
    ///
    /// @param freshId           random, becomes part of the member id when a new one is needed
    /// @param mustReturnWithId  a new dynamic member is first given its id and has to ask again with it
    /// @param maySkipAssignment understands that, as leader, it need not assign anew
    /// @param reason            in the client's words; may be empty
    record Joiner(Uuid freshId, boolean mustReturnWithId, boolean maySkipAssignment, String reason) {}

    /// Take part in the next generation. Answered by [GroupAnswer.Joined] or [GroupAnswer.JoinRefused].
    record Join(long token, String group, Who who, Client client, Terms terms, Joiner joiner) implements GroupCommand {}

    /// Fetch one's part of the work; the leader brings everybody's. Answered by [GroupAnswer.Synced].
    ///
    /// @param protocolType what the client believes the group runs on; null when it does not say
    /// @param protocol     likewise
    /// @param assignments  by member id; read only when the leader says it
    record Sync(
            long token,
            String group,
            int generation,
            Who who,
            @Nullable String protocolType,
            @Nullable String protocol,
            Map<String, Opaque> assignments)
            implements GroupCommand {}

    /// I am alive. Answered by [GroupAnswer.Done].
    record Heartbeat(long token, String group, int generation, Who who) implements GroupCommand {}

    /// These members go. With an instance id alone, an administrator says it. Answered by [GroupAnswer.Left].
    record Leave(long token, String group, List<Who> members) implements GroupCommand {}

    /// One partition's position, as a client commits it.
    ///
    /// @param metadata null counts as empty
    record Position(
            String topic,
            Uuid topicId,
            int partition,
            long offset,
            int leaderEpoch,
            @Nullable String metadata) {}

    /// Remember positions. Answered by [GroupAnswer.Committed].
    ///
    /// @param generation  -1 for a client that manages its partitions by itself
    /// @param unknownIs   what a client is told that names a generation of a group that is not there
    /// @param retentionMs how long to keep them, as very old clients ask; -1 for the usual time
    record Commit(
            long token,
            String group,
            int generation,
            Who who,
            List<Position> positions,
            Errors unknownIs,
            long retentionMs)
            implements GroupCommand {}

    /// Tell positions. Answered by [GroupAnswer.Positions].
    ///
    /// @param topics null for everything the group has
    record Fetch(long token, String group, @Nullable List<TopicPartitions> topics) implements GroupCommand {}

    /// Forget positions. Answered by [GroupAnswer.Forgotten].
    record Forget(long token, String group, List<TopicPartitions> topics) implements GroupCommand {}

    /// Tell about one group. Answered by [GroupAnswer.Described].
    record Describe(long token, String group) implements GroupCommand {}

    /// Tell which groups there are. Answered by [GroupAnswer.Listed].
    ///
    /// @param states names of states in any case; empty for all
    /// @param types  names of group types in any case; empty for all
    record ListAll(long token, Set<String> states, Set<String> types) implements GroupCommand {}

    /// Remove a group without members, with its offsets. Answered by [GroupAnswer.Done].
    record Delete(long token, String group) implements GroupCommand {}

    /// A topic is gone for good, and so are all positions in it.
    record TopicDeleted(String topic, Uuid topicId) implements GroupCommand {}

    /// The log is replayed: from now on time passes.
    record Loaded() implements GroupCommand {}

    /// Nothing was heard of a member for as long as it promised.
    record SessionEnded(String group, String memberId) implements GroupCommand {}

    /// An empty group has waited for further members.
    ///
    /// @param waitedMs    how long this time
    /// @param remainingMs how much longer it may be extended
    record FirstDelayOver(String group, int waitedMs, int remainingMs) implements GroupCommand {}

    /// Members had all the time they asked for to join again.
    record JoinDeadline(String group) implements GroupCommand {}

    /// Members had all the time they asked for to sync in `generation`.
    record SyncDeadline(String group, int generation) implements GroupCommand {}

    /// Look for offsets that are past their time, a bounded number of groups at once.
    ///
    /// @param groups to look at; null begins with all there are
    /// @param next   the first of them not yet looked at
    record Expire(@Nullable List<String> groups, int next) implements GroupCommand {}
}
