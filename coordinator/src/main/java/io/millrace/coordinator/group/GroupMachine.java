package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Commit;
import io.millrace.coordinator.group.GroupCommand.Delete;
import io.millrace.coordinator.group.GroupCommand.Describe;
import io.millrace.coordinator.group.GroupCommand.Expire;
import io.millrace.coordinator.group.GroupCommand.Fetch;
import io.millrace.coordinator.group.GroupCommand.FirstDelayOver;
import io.millrace.coordinator.group.GroupCommand.Forget;
import io.millrace.coordinator.group.GroupCommand.Heartbeat;
import io.millrace.coordinator.group.GroupCommand.Join;
import io.millrace.coordinator.group.GroupCommand.JoinDeadline;
import io.millrace.coordinator.group.GroupCommand.Leave;
import io.millrace.coordinator.group.GroupCommand.ListAll;
import io.millrace.coordinator.group.GroupCommand.Loaded;
import io.millrace.coordinator.group.GroupCommand.SessionEnded;
import io.millrace.coordinator.group.GroupCommand.Sync;
import io.millrace.coordinator.group.GroupCommand.SyncDeadline;
import io.millrace.coordinator.group.GroupCommand.TopicDeleted;
import io.millrace.coordinator.group.GroupRecord.GroupForgotten;
import io.millrace.coordinator.group.GroupRecord.GroupStored;
import io.millrace.coordinator.group.GroupRecord.IdGiven;
import io.millrace.coordinator.group.GroupRecord.IdWithdrawn;
import io.millrace.coordinator.group.GroupRecord.MemberGone;
import io.millrace.coordinator.group.GroupRecord.MemberIs;
import io.millrace.coordinator.group.GroupRecord.Moved;
import io.millrace.coordinator.group.GroupRecord.OffsetCommitted;
import io.millrace.coordinator.group.GroupRecord.OffsetForgotten;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect.Reply;
import io.millrace.model.machine.StateMachine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The rules of classic consumer groups, for all groups of one shard (one partition of `__consumer_offsets`).
///
/// What bounds its memory: groups, members, ids given away, metadata and what members say are limited by
/// [GroupSettings]; positions by the partitions that exist, since the caller commits to no others.
public final class GroupMachine implements StateMachine<GroupCommand, GroupRecord, GroupAnswer> {

    private final GroupSettings settings;
    private final Map<String, Group> groups = new HashMap<>();

    public GroupMachine(GroupSettings settings) {
        this.settings = settings;
    }

    @Override
    public Decision<GroupCommand, GroupRecord, GroupAnswer> decide(GroupCommand command, long nowMs) {
        return switch (command) {
            case Heartbeat beat -> heartbeat(beat);
            case Commit commit -> commit(commit, nowMs);
            case Join join -> join(join, nowMs);
            case Sync sync -> sync(sync, nowMs);
            case Leave leave -> leave(leave, nowMs);
            case Fetch fetch -> Fetching.decide(groups.get(fetch.group()), fetch);
            case Forget forget -> Forgetting.decide(groups.get(forget.group()), forget);
            case Describe describe -> Describing.decide(groups.get(describe.group()), describe);
            case ListAll list -> Describing.decide(groups.values(), list);
            case Delete delete -> Forgetting.decide(groups.get(delete.group()), delete);
            case TopicDeleted deleted -> Forgetting.decide(groups.values(), deleted);
            case Loaded _ -> Loading.decide(groups.values(), nowMs, settings);
            case SessionEnded ended -> sessionEnded(ended, nowMs);
            case FirstDelayOver over -> later(over.group(), nowMs, draft -> Rebalancing.firstDelayOver(draft, over));
            case JoinDeadline(var group) -> later(group, nowMs, Rebalancing::joinDeadline);
            case SyncDeadline(var group, int generation) ->
                later(group, nowMs, draft -> Rebalancing.syncDeadline(draft, generation));
            case Expire expire -> Expiring.decide(groups, expire, nowMs, settings);
        };
    }

    @Override
    public void apply(GroupRecord record) {
        switch (record) {
            case OffsetCommitted committed ->
                group(record).commit(committed.topic(), committed.partition(), committed.offset());
            case OffsetForgotten forgotten -> group(record).forgetOffset(forgotten.topic(), forgotten.partition());
            case GroupStored stored -> group(record).become(stored);
            case GroupForgotten forgotten -> forget(forgotten.group());
            case MemberIs now -> group(record).put(now.member());
            case MemberGone gone -> group(record).remove(gone.memberId());
            case IdGiven given -> group(record).give(given.memberId());
            case IdWithdrawn withdrawn -> group(record).withdraw(withdrawn.memberId());
            case Moved moved -> group(record).stands(moved.standing());
        }
    }

    /// How many groups there are.
    public int size() {
        return groups.size();
    }

    /// Shows what the shard knows of committed positions; for gauges such as lag.
    public void positions(PositionReader reader) {
        for (var group : groups.values()) {
            group.offsets()
                    .forEach((topic, offsets) -> offsets.forEach(
                            (partition, offset) -> reader.position(group.id(), topic, partition, offset)));
        }
    }

    /// Is shown one position.
    @FunctionalInterface
    public interface PositionReader {
        void position(String group, String topic, int partition, CommittedOffset offset);
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> heartbeat(Heartbeat beat) {
        var group = groups.get(beat.group());
        if (group != null) return Living.decide(group, beat);
        return Living.refused(beat, beat.group().isEmpty() ? Errors.INVALID_GROUP_ID : Errors.UNKNOWN_MEMBER_ID);
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> join(Join join, long nowMs) {
        var memberId = join.who().memberId();
        if (join.group().isEmpty() || !Storing.fits(join.group())) {
            return Joining.refused(join, Errors.INVALID_GROUP_ID, memberId);
        }
        if (!Storing.fits(join)) return Joining.refused(join, Errors.INVALID_REQUEST, memberId);
        int sessionMs = join.terms().sessionTimeoutMs();
        var sessions = settings.sessions();
        if (sessionMs < sessions.minTimeoutMs() || sessionMs > sessions.maxTimeoutMs()) {
            return Joining.refused(join, Errors.INVALID_SESSION_TIMEOUT, memberId);
        }
        var known = groups.get(join.group());
        if (known == null && isFull()) return Joining.refused(join, Errors.POLICY_VIOLATION, memberId);
        var group = known == null ? new Group(join.group()) : known;
        return Joining.decide(group, known != null, join, nowMs, settings);
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> sync(Sync sync, long nowMs) {
        if (sync.group().isEmpty()) return refused(sync.token(), Errors.INVALID_GROUP_ID);
        var group = groups.get(sync.group());
        if (group == null) return refused(sync.token(), Errors.UNKNOWN_MEMBER_ID);
        return Syncing.decide(group, sync, nowMs, settings);
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> leave(Leave leave, long nowMs) {
        if (leave.group().isEmpty()) return refused(leave.token(), Errors.INVALID_GROUP_ID);
        var group = groups.get(leave.group());
        return group == null ? Leaving.unknown(leave) : Leaving.decide(group, leave, nowMs, settings);
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> commit(Commit commit, long nowMs) {
        var group = groups.get(commit.group());
        if (!Storing.fits(commit.group())) return refused(commit.token(), Errors.INVALID_GROUP_ID);
        if (group == null && isFull()) return refused(commit.token(), Errors.POLICY_VIOLATION);
        return Committing.decide(group, commit, nowMs, settings);
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> sessionEnded(SessionEnded ended, long nowMs) {
        var group = groups.get(ended.group());
        return group == null ? Decision.nothing() : Living.decide(group, ended, nowMs, settings);
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> later(String id, long nowMs, Consumer<Draft> rule) {
        var group = groups.get(id);
        if (group == null) return Decision.nothing();
        var draft = new Draft(group, nowMs, settings);
        rule.accept(draft);
        return draft.decision();
    }

    private static Decision<GroupCommand, GroupRecord, GroupAnswer> refused(long token, Errors code) {
        return new Decision<>(List.of(), List.of(new Reply<>(token, new Refused(code))));
    }

    private boolean isFull() {
        return groups.size() >= settings.sizes().maxGroups();
    }

    private Group group(GroupRecord record) {
        return groups.computeIfAbsent(record.group(), Group::new);
    }

    /// A group is gone when neither members nor positions are left.
    private void forget(String id) {
        @Nullable Group group = groups.get(id);
        if (group == null) return;
        group.forget();
        if (group.offsets().isEmpty()) groups.remove(id);
    }
}
