package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupAnswer.Synced;
import io.millrace.coordinator.group.GroupCommand.Sync;
import io.millrace.model.machine.Decision;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Members fetch their part of the work; the leader brings everybody's.
final class Syncing {

    private Syncing() {}

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(
            Group group, Sync sync, long nowMs, GroupSettings settings) {
        var code = check(group, sync);
        var draft = new Draft(group, nowMs, settings);
        var member = draft.member(sync.who().memberId());
        if (code != Errors.NONE || member == null) {
            draft.reply(sync.token(), new Refused(code));
            return draft.decision();
        }
        if (member.waiting().owesSync()) {
            draft.put(member.owingNothing());
            if (draft.owing() == 0) draft.cancel(Keys.sync(group.id()));
        }
        switch (group.phase()) {
            case Phase.Stable _ -> draft.reply(sync.token(), synced(draft, member));
            case Phase.Completing _ -> wait(draft, member, sync);
            case Phase.Empty _, Phase.Preparing _ -> throw new IllegalStateException("checked: " + group.phase());
        }
        return draft.decision();
    }

    private static Errors check(Group group, Sync sync) {
        if (group.isEmpty()) return Errors.UNKNOWN_MEMBER_ID;
        var code = group.check(sync.who());
        if (code != Errors.NONE) return code;
        var standing = group.standing();
        if (sync.generation() != standing.generation()) return Errors.ILLEGAL_GENERATION;
        if (differ(sync.protocolType(), standing.protocolType()) || differ(sync.protocol(), standing.protocol())) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        return standing.phase() instanceof Phase.Preparing ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    private static boolean differ(@Nullable String said, @Nullable String known) {
        return said != null && known != null && !said.equals(known);
    }

    private static void wait(Draft draft, Member member, Sync sync) {
        if (member.isSyncing()) {
            draft.reply(member.waiting().syncToken(), new Refused(Errors.REBALANCE_IN_PROGRESS));
        }
        draft.put(member.syncing(sync.token()));
        if (draft.isLeader(member)) settle(draft, sync);
    }

    /// The leader has spoken: everybody has an assignment, those it forgot an empty one.
    private static void settle(Draft draft, Sync sync) {
        var before = draft.members();
        for (var member : before) {
            draft.put(member.with(sync.assignments().getOrDefault(member.id(), Opaque.EMPTY)));
        }
        var stored = draft.toStore();
        if (Storing.bytes(stored) > draft.settings().sizes().maxStoredBytes()) {
            Rebalancing.dissolve(draft, Errors.UNKNOWN_SERVER_ERROR);
            Rebalancing.prepare(draft, "the assignment is too large to store");
            return;
        }
        for (var member : draft.members()) {
            if (!member.isSyncing()) continue;
            draft.reply(member.waiting().syncToken(), synced(draft, member));
            draft.startSession(member);
            draft.put(member.synced());
        }
        draft.enter(new Phase.Stable(), "the leader has assigned");
        draft.store(draft.toStore());
    }

    private static Synced synced(Draft draft, Member member) {
        var standing = draft.standing();
        return new Synced(standing.protocolType(), standing.protocol(), member.assignment());
    }
}
