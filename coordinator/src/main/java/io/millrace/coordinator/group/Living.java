package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Done;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Heartbeat;
import io.millrace.coordinator.group.GroupCommand.SessionEnded;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect;
import io.millrace.model.machine.Effect.Reply;
import io.millrace.model.machine.Effect.SetTimer;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// Members say that they are alive; those that stay silent for their whole session are out.
final class Living {

    private Living() {}

    /// The most frequent command by far: no record, one timer moved, one reply.
    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(Group group, Heartbeat beat) {
        var memberId = beat.who().memberId();
        var code = group.check(beat.who());
        if (code != Errors.NONE) return refused(beat, code);
        if (beat.generation() != group.standing().generation()) return refused(beat, Errors.ILLEGAL_GENERATION);
        var member = group.member(memberId);
        if (member == null || group.isEmpty()) return refused(beat, Errors.UNKNOWN_MEMBER_ID);

        GroupAnswer answer =
                group.phase() instanceof Phase.Preparing ? new Refused(Errors.REBALANCE_IN_PROGRESS) : new Done();
        return new Decision<>(List.of(), List.of(session(group, member), new Reply<>(beat.token(), answer)));
    }

    /// From now on the member has its whole session to say something.
    static Effect<GroupCommand, GroupAnswer> session(Group group, Member member) {
        return new SetTimer<>(
                Keys.session(group.id(), member.id()),
                member.terms().sessionTimeoutMs(),
                new SessionEnded(group.id(), member.id()));
    }

    static Decision<GroupCommand, GroupRecord, GroupAnswer> refused(Heartbeat beat, Errors code) {
        return new Decision<>(List.of(), List.of(new Reply<>(beat.token(), new Refused(code))));
    }

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(
            Group group, SessionEnded ended, long nowMs, GroupSettings settings) {
        var draft = new Draft(group, nowMs, settings);
        var member = draft.member(ended.memberId());
        if (member == null) {
            if (!draft.expects(ended.memberId())) return Decision.nothing();
            draft.withdraw(ended.memberId());
            Rebalancing.completeIfAllJoined(draft);
            return draft.decision();
        }
        if (member.maySayNothing()) return Decision.nothing();
        draft.drop(member, Errors.UNKNOWN_MEMBER_ID);
        Rebalancing.prepareOrComplete(draft, "member " + member.id() + " is silent");
        return draft.decision();
    }
}
