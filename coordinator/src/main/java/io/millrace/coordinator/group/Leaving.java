package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Left;
import io.millrace.coordinator.group.GroupAnswer.LeftMember;
import io.millrace.coordinator.group.GroupCommand.Leave;
import io.millrace.coordinator.group.GroupCommand.Who;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect.Reply;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Members go, by themselves or sent by an administrator.
final class Leaving {

    private Leaving() {}

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(
            Group group, Leave leave, long nowMs, GroupSettings settings) {
        var draft = new Draft(group, nowMs, settings);
        var results = new ArrayList<LeftMember>(leave.members().size());
        for (var who : leave.members()) {
            results.add(new LeftMember(who.memberId(), who.instanceId(), leave(draft, who)));
        }
        draft.reply(leave.token(), new Left(results));
        boolean anybody = results.stream().anyMatch(result -> result.code() == Errors.NONE);
        if (anybody && !group.isEmpty()) Rebalancing.prepareOrComplete(draft, "members left");
        return draft.decision();
    }

    /// To a group that is not there nobody belongs.
    static Decision<GroupCommand, GroupRecord, GroupAnswer> unknown(Leave leave) {
        var results = leave.members().stream()
                .map(who -> new LeftMember(who.memberId(), who.instanceId(), Errors.UNKNOWN_MEMBER_ID))
                .toList();
        return new Decision<>(List.of(), List.of(new Reply<>(leave.token(), new Left(results))));
    }

    private static Errors leave(Draft draft, Who who) {
        if (who.memberId().isEmpty()) {
            var member = who.instanceId() == null ? null : draft.memberCalled(who.instanceId());
            return leave(draft, member);
        }
        if (draft.expects(who.memberId())) {
            draft.withdraw(who.memberId());
            return Errors.NONE;
        }
        var code = draft.base().check(who);
        return code == Errors.NONE ? leave(draft, draft.member(who.memberId())) : code;
    }

    private static Errors leave(Draft draft, @Nullable Member member) {
        if (member == null) return Errors.UNKNOWN_MEMBER_ID;
        draft.drop(member, Errors.UNKNOWN_MEMBER_ID);
        return Errors.NONE;
    }
}
