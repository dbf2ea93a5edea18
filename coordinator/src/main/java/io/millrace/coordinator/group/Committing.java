package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Committed;
import io.millrace.coordinator.group.GroupAnswer.PartitionCode;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Commit;
import io.millrace.coordinator.group.GroupCommand.Position;
import io.millrace.coordinator.group.GroupRecord.OffsetCommitted;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect;
import io.millrace.model.machine.Effect.Reply;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Positions are kept, of members and of clients that only use the group's name.
final class Committing {

    private Committing() {}

    /// @param group null when there is none
    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(
            @Nullable Group group, Commit commit, long nowMs, GroupSettings settings) {
        var code = check(group, commit);
        if (code != Errors.NONE) {
            return new Decision<>(List.of(), List.of(new Reply<>(commit.token(), new Refused(code))));
        }
        var records = new ArrayList<GroupRecord>(commit.positions().size());
        var codes = new ArrayList<PartitionCode>(commit.positions().size());
        for (var position : commit.positions()) {
            boolean fits = position.metadata() == null
                    || position.metadata().length() <= settings.sizes().maxMetadataChars();
            if (fits) records.add(record(commit, position, nowMs));
            codes.add(new PartitionCode(
                    position.topic(), position.partition(), fits ? Errors.NONE : Errors.OFFSET_METADATA_TOO_LARGE));
        }
        var effects = new ArrayList<Effect<GroupCommand, GroupAnswer>>(2);
        var member = group == null ? null : group.member(commit.who().memberId());
        if (group != null && member != null) effects.add(Living.session(group, member));
        effects.add(new Reply<>(commit.token(), new Committed(codes)));
        return new Decision<>(records, effects);
    }

    /// Without a generation anybody may commit as long as nobody is in the group; otherwise only its members of this
    /// generation may, and not while they have yet to learn what is theirs.
    private static Errors check(@Nullable Group group, Commit commit) {
        if (group == null) return commit.generation() < 0 ? Errors.NONE : commit.unknownIs();
        if (commit.generation() < 0 && group.isEmpty()) return Errors.NONE;
        var who = commit.who();
        boolean named = commit.generation() >= 0 || !who.memberId().isEmpty() || who.instanceId() != null;
        if (!named) return Errors.UNKNOWN_MEMBER_ID;
        var code = group.check(who);
        if (code != Errors.NONE) return code;
        if (commit.generation() != group.standing().generation()) return Errors.ILLEGAL_GENERATION;
        return group.phase() instanceof Phase.Completing ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    private static OffsetCommitted record(Commit commit, Position position, long nowMs) {
        var offset = new CommittedOffset(
                position.offset(),
                position.leaderEpoch(),
                position.metadata() == null ? "" : position.metadata(),
                nowMs,
                commit.retentionMs() < 0 ? -1 : nowMs + commit.retentionMs(),
                position.topicId());
        return new OffsetCommitted(commit.group(), position.topic(), position.partition(), offset);
    }
}
