package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.JoinRefused;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Join;
import io.millrace.coordinator.group.Member.Waiting;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect.Reply;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;

/// Members come: new ones, known ones again, and static ones in the place of their former selves.
final class Joining {

    /// All protocols of all members together may be so many times what one stored group may be; only one is stored.
    private static final int PROTOCOLS_PER_STORED = 4;

    /// A member id begins with so much of the client's name at most.
    private static final int MAX_NAME_CHARS = 255;

    private final Draft draft;
    private final Join join;

    private Joining(Draft draft, Join join) {
        this.draft = draft;
        this.join = join;
    }

    /// @param known whether the group is there; otherwise `group` is a new one
    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(
            Group group, boolean known, Join join, long nowMs, GroupSettings settings) {
        var memberId = join.who().memberId();
        if (!known && !memberId.isEmpty()) return refused(join, Errors.UNKNOWN_MEMBER_ID, memberId);

        var joining = new Joining(new Draft(group, nowMs, settings), join);
        if (!joining.hasRoom()) return joining.refuseForSize();
        if (!group.suits(join.terms())) return refused(join, Errors.INCONSISTENT_GROUP_PROTOCOL, memberId);
        if (!known) joining.found();
        if (memberId.isEmpty()) {
            joining.joinNew();
        } else {
            joining.joinKnown();
        }
        return joining.draft.decision();
    }

    static Decision<GroupCommand, GroupRecord, GroupAnswer> refused(Join join, Errors code, String memberId) {
        return new Decision<>(List.of(), List.of(new Reply<>(join.token(), new JoinRefused(code, memberId))));
    }

    /// A full group takes nobody new. While it forms anew, those that have come count, so that the last ones to come
    /// again are left out when the limit was lowered.
    private boolean hasRoom() {
        var group = draft.base();
        var sizes = draft.settings().sizes();
        var here = group.member(join.who().memberId());
        long bytes = group.protocolBytes() + bytes(join.terms()) - (here == null ? 0 : bytes(here.terms()));
        if (bytes > (long) PROTOCOLS_PER_STORED * sizes.maxStoredBytes()) return false;
        return switch (group.phase()) {
            case Phase.Empty _ -> !join.who().memberId().isEmpty() || roomForIds();
            case Phase.Preparing _ -> {
                if (here != null && here.isJoining()) yield true;
                yield group.joining() < sizes.maxMembers() && (here != null || roomForIds());
            }
            case Phase.Completing _, Phase.Stable _ -> {
                if (here != null) yield true;
                yield group.members().size() < sizes.maxMembers() && roomForIds();
            }
        };
    }

    private boolean roomForIds() {
        var given = draft.base().givenIds();
        return given.contains(join.who().memberId())
                || given.size() < draft.settings().sizes().maxMembers();
    }

    private Decision<GroupCommand, GroupRecord, GroupAnswer> refuseForSize() {
        var here = draft.member(join.who().memberId());
        if (here != null && draft.standing().phase() instanceof Phase.Preparing) {
            draft.drop(here, Errors.UNKNOWN_MEMBER_ID);
            Rebalancing.completeIfAllJoined(draft);
        }
        draft.reply(join.token(), new JoinRefused(Errors.GROUP_MAX_SIZE_REACHED, ""));
        return draft.decision();
    }

    private static long bytes(GroupCommand.Terms terms) {
        long bytes = 0;
        for (var protocol : terms.protocols()) bytes += protocol.metadata().sizeBytes();
        return bytes;
    }

    /// A group exists as soon as the first member asks to join it, and would be found by the next coordinator.
    private void found() {
        draft.enter(new Phase.Empty(), "");
        draft.store(draft.toStore());
    }

    private void joinNew() {
        var instance = join.who().instanceId();
        var name = instance == null ? join.client().id() : instance;
        var fresh = join.joiner().freshId();
        var newId = name.substring(0, Math.min(name.length(), MAX_NAME_CHARS))
                + '-'
                + new UUID(fresh.getMostSignificantBits(), fresh.getLeastSignificantBits());
        var former = instance == null ? null : draft.memberCalled(instance);
        if (former != null) {
            succeed(former, newId);
        } else if (instance == null && join.joiner().mustReturnWithId()) {
            draft.give(newId);
            draft.startSession(newId, join.terms().sessionTimeoutMs());
            draft.reply(join.token(), new JoinRefused(Errors.MEMBER_ID_REQUIRED, newId));
        } else {
            add(newId);
        }
    }

    private void joinKnown() {
        var memberId = join.who().memberId();
        if (draft.expects(memberId)) {
            // Ids are given to dynamic members only.
            if (join.who().instanceId() == null) {
                add(memberId);
            } else {
                draft.reply(join.token(), new JoinRefused(Errors.UNKNOWN_MEMBER_ID, memberId));
            }
            return;
        }
        var code = draft.base().check(join.who());
        var member = draft.member(memberId);
        if (code != Errors.NONE || member == null) {
            draft.reply(join.token(), new JoinRefused(code, memberId));
            return;
        }
        boolean same = member.terms().protocols().equals(join.terms().protocols());
        switch (draft.standing().phase()) {
            case Phase.Preparing _ -> rejoin(member, "");
            case Phase.Completing _ when same -> draft.reply(join.token(), Rebalancing.joined(draft, member, false));
            case Phase.Completing _ -> rejoin(member, "member " + memberId + " has new metadata");
            // The leader asks for a new generation when something outside has changed, partitions for example.
            case Phase.Stable _ when draft.isLeader(member) -> rejoin(member, "leader " + memberId + " joins again");
            case Phase.Stable _ when !same -> rejoin(member, "member " + memberId + " has new metadata");
            case Phase.Stable _ -> draft.reply(join.token(), Rebalancing.joined(draft, member, false));
            case Phase.Empty _ -> draft.reply(join.token(), new JoinRefused(Errors.UNKNOWN_MEMBER_ID, memberId));
        }
    }

    private void add(String memberId) {
        if (draft.standing().phase() instanceof Phase.Preparing preparing && preparing.first()) {
            draft.stand(
                    draft.standing()
                            .to(
                                    new Phase.Preparing(true, true),
                                    draft.standing().sinceMs()),
                    "");
        }
        var waiting = new Waiting(join.token(), Waiting.NOTHING, true, false);
        draft.add(new Member(memberId, join.who().instanceId(), join.client(), join.terms(), Opaque.EMPTY, waiting));
        // It cannot say that it is alive before it has its answer; so it has longer, but not for ever.
        draft.startSession(memberId, draft.settings().sessions().newMemberWaitMs());
        Rebalancing.prepareOrComplete(draft, "member " + memberId + " is new" + reason());
    }

    private void rejoin(Member member, String why) {
        wait(member.with(join.terms()));
        Rebalancing.prepareOrComplete(draft, why + reason());
    }

    /// The member waits for this join; if it waited for an earlier one, that client has gone on.
    private void wait(Member member) {
        if (member.isJoining()) {
            draft.reply(member.waiting().joinToken(), new JoinRefused(Errors.REBALANCE_IN_PROGRESS, member.id()));
        }
        if (member.isSyncing()) draft.reply(member.waiting().syncToken(), new Refused(Errors.REBALANCE_IN_PROGRESS));
        draft.put(member.joining(join.token()));
    }

    /// A static member came back as another process. While the group is stable and its choice of protocol stays, it
    /// takes the place and the work of its former self, and nobody else notices.
    private void succeed(Member former, String newId) {
        var formerLeader = Rebalancing.leaderOf(draft.standing());
        var waiting = new Waiting(
                Waiting.NOTHING, Waiting.NOTHING, false, former.waiting().owesSync());
        var here = former.named(newId).with(join.terms()).with(waiting);
        boolean stable = draft.standing().phase() instanceof Phase.Stable;
        if (stable
                && Storing.bytes(draft.toStore()) + bytes(join.terms())
                        > draft.settings().sizes().maxStoredBytes()) {
            draft.reply(join.token(), new JoinRefused(Errors.UNKNOWN_SERVER_ERROR, ""));
            return;
        }
        draft.replace(former, here);
        draft.startSession(here);
        if (stable && Rebalancing.vote(draft.members()).equals(draft.standing().protocol())) {
            draft.store(draft.toStore());
            draft.reply(join.token(), inPlace(here, formerLeader));
            return;
        }
        wait(here);
        Rebalancing.prepareOrComplete(draft, "static member " + former.instanceId() + " came back" + reason());
    }

    private GroupAnswer inPlace(Member member, String formerLeader) {
        if (join.joiner().maySkipAssignment()) {
            return Rebalancing.joined(draft, member, draft.isLeader(member));
        }
        // An old client must not believe that it leads, or it would assign anew.
        return Rebalancing.joined(draft.standing(), member, formerLeader, false, List.of());
    }

    private String reason() {
        var reason = join.joiner().reason();
        return reason.isEmpty() ? "" : " (" + reason + ")";
    }
}
