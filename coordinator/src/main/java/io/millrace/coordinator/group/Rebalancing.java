package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Joined;
import io.millrace.coordinator.group.GroupAnswer.JoinedMember;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.FirstDelayOver;
import io.millrace.coordinator.group.GroupCommand.JoinDeadline;
import io.millrace.coordinator.group.GroupCommand.SyncDeadline;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// How a group gets from one generation to the next: everybody is called, those who come form it, one leads.
final class Rebalancing {

    private Rebalancing() {}

    /// Membership has changed: calls everybody, or, where that is done already, looks whether all are here now.
    static void prepareOrComplete(Draft draft, String why) {
        if (draft.standing().phase() instanceof Phase.Preparing) {
            completeIfAllJoined(draft);
        } else {
            prepare(draft, why);
        }
    }

    /// Calls all members to join again. An empty group waits a little instead, for others to come.
    static void prepare(Draft draft, String why) {
        var before = draft.standing().phase();
        if (before instanceof Phase.Completing) dissolve(draft, Errors.REBALANCE_IN_PROGRESS);
        for (var member : draft.members()) {
            if (member.waiting().owesSync()) draft.put(member.owingNothing());
        }
        var group = draft.base().id();
        draft.cancel(Keys.sync(group));
        draft.enter(new Phase.Preparing(before instanceof Phase.Empty, false), why);
        if (before instanceof Phase.Empty) {
            int delayMs = draft.settings().sessions().firstDelayMs();
            int remainingMs = Math.max(draft.rebalanceTimeoutMs() - delayMs, 0);
            draft.timer(Keys.join(group), delayMs, new FirstDelayOver(group, delayMs, remainingMs));
        } else if (draft.everybodyJoined()) {
            complete(draft);
        } else {
            draft.timer(Keys.join(group), draft.rebalanceTimeoutMs(), new JoinDeadline(group));
        }
    }

    /// The next generation forms as soon as all members, and all who were given an id, have joined; a group that was
    /// empty uses all of its delay.
    static void completeIfAllJoined(Draft draft) {
        if (!(draft.standing().phase() instanceof Phase.Preparing preparing)) return;
        if (!preparing.first() && draft.everybodyJoined()) complete(draft);
    }

    static void firstDelayOver(Draft draft, FirstDelayOver over) {
        if (!(draft.standing().phase() instanceof Phase.Preparing preparing)) return;
        if (!preparing.growing() || over.remainingMs() == 0) {
            complete(draft);
            return;
        }
        var group = draft.base().id();
        int delayMs = Math.min(draft.settings().sessions().firstDelayMs(), over.remainingMs());
        int remainingMs = Math.max(over.remainingMs() - over.waitedMs(), 0);
        draft.stand(
                draft.standing()
                        .to(new Phase.Preparing(true, false), draft.standing().sinceMs()),
                "");
        draft.timer(Keys.join(group), delayMs, new FirstDelayOver(group, delayMs, remainingMs));
    }

    static void joinDeadline(Draft draft) {
        if (draft.standing().phase() instanceof Phase.Preparing) complete(draft);
    }

    static void syncDeadline(Draft draft, int generation) {
        var standing = draft.standing();
        boolean formed = standing.phase() instanceof Phase.Completing || standing.phase() instanceof Phase.Stable;
        if (!formed || standing.generation() != generation || draft.owing() == 0) return;
        int late = 0;
        for (var member : draft.members()) {
            if (!member.waiting().owesSync()) continue;
            draft.drop(member, Errors.UNKNOWN_MEMBER_ID);
            late++;
        }
        prepare(draft, late + " members did not sync in time");
    }

    /// Closes the door: dynamic members that did not come are out, and the others form the next generation.
    private static void complete(Draft draft) {
        draft.cancel(Keys.join(draft.base().id()));
        for (var member : draft.members()) {
            if (!member.isJoining() && !member.isStatic()) draft.drop(member, Errors.UNKNOWN_MEMBER_ID);
        }
        var members = draft.members();
        if (members.isEmpty()) {
            becomeEmpty(draft);
            return;
        }
        var leader = leaderAmong(draft, members);
        if (leader != null) {
            form(draft, members, leader);
            return;
        }
        // Only static members are left, and none of them came: their sessions decide.
        var group = draft.base().id();
        draft.timer(Keys.join(group), draft.rebalanceTimeoutMs(), new JoinDeadline(group));
    }

    private static void becomeEmpty(Draft draft) {
        var old = draft.standing();
        boolean consumers = old.ofConsumers();
        draft.stand(
                new Standing(
                        new Phase.Empty(),
                        old.generation() + 1,
                        old.protocolType(),
                        null,
                        null,
                        draft.nowMs(),
                        consumers ? Set.of() : null),
                "nobody is left");
        draft.store(draft.toStore());
    }

    private static void form(Draft draft, List<Member> members, String leader) {
        var old = draft.standing();
        var protocol = vote(members);
        var metadata = members.stream().map(member -> member.metadata(protocol)).toList();
        var topics = old.ofConsumers() ? Subscriptions.of(metadata) : null;
        draft.stand(
                new Standing(
                        new Phase.Completing(),
                        old.generation() + 1,
                        old.protocolType(),
                        protocol,
                        leader,
                        draft.nowMs(),
                        topics),
                members.size() + " members joined");
        for (var member : members) {
            if (member.isJoining()) draft.reply(member.waiting().joinToken(), joined(draft, member, false));
            draft.put(member.joined());
            draft.startSession(member);
        }
        var group = draft.base().id();
        draft.timer(
                Keys.sync(group),
                draft.rebalanceTimeoutMs(),
                new SyncDeadline(group, draft.standing().generation()));
    }

    /// What a member of the generation as it stands is told; the leader learns who else there is.
    static Joined joined(Draft draft, Member member, boolean skipAssignment) {
        var members = draft.isLeader(member) ? everybody(draft) : List.<JoinedMember>of();
        return joined(draft.standing(), member, leaderOf(draft.standing()), skipAssignment, members);
    }

    static Joined joined(
            Standing standing, Member member, String leader, boolean skipAssignment, List<JoinedMember> members) {
        return new Joined(
                member.id(),
                standing.generation(),
                standing.protocolType(),
                standing.protocol(),
                leader,
                skipAssignment,
                members);
    }

    static String leaderOf(Standing standing) {
        return standing.leader() == null ? "" : standing.leader();
    }

    private static List<JoinedMember> everybody(Draft draft) {
        var protocol = draft.standing().protocol();
        return draft.members().stream()
                .map(member -> new JoinedMember(member.id(), member.instanceId(), member.metadata(protocol)))
                .toList();
    }

    /// Assignments are void, and whoever waits for one is told `code` and asks again.
    static void dissolve(Draft draft, Errors code) {
        for (var member : draft.members()) {
            if (member.isSyncing()) {
                draft.reply(member.waiting().syncToken(), new Refused(code));
                draft.startSession(member);
            }
            draft.put(member.synced().with(Opaque.EMPTY));
        }
    }

    /// The leader stays while it takes part; else the first who does.
    private static @Nullable String leaderAmong(Draft draft, List<Member> members) {
        var first = (String) null;
        for (var member : members) {
            if (!member.isJoining()) continue;
            if (draft.isLeader(member)) return member.id();
            if (first == null) first = member.id();
        }
        return first;
    }

    /// The protocol that most members like best, among those that all of them know. Where votes are equal, the one
    /// that was named first.
    static String vote(List<Member> members) {
        var candidates = new LinkedHashSet<String>();
        for (var protocol : members.getFirst().terms().protocols()) candidates.add(protocol.name());
        for (var member : members) {
            candidates.retainAll(
                    member.terms().protocols().stream().map(Protocol::name).toList());
        }
        assert !candidates.isEmpty() : "members were let in that agree on nothing: " + members;
        var votes = new LinkedHashMap<String, Integer>();
        for (var member : members) {
            for (var protocol : member.terms().protocols()) {
                if (!candidates.contains(protocol.name())) continue;
                votes.merge(protocol.name(), 1, Integer::sum);
                break;
            }
        }
        String chosen = candidates.getFirst();
        for (var vote : votes.entrySet()) if (vote.getValue() > votes.getOrDefault(chosen, 0)) chosen = vote.getKey();
        return chosen;
    }
}
