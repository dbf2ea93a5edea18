package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.JoinRefused;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupRecord.GroupStored;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What one decision makes of one group: the group itself stays as it is, and this shows how it will be.
///
/// One step of the rules often leads to the next (the last member that joins completes the generation), so the rules
/// must see their own changes before any record is applied. A draft keeps only what differs from its group, and in the
/// end writes it down as records: what is durable first, then members, then how the group stands.
final class Draft {

    private final Group base;
    private final long nowMs;
    private final GroupSettings settings;
    private final Map<String, Member> changed = new LinkedHashMap<>();
    private final Set<String> gone = new LinkedHashSet<>();
    private final Set<String> given = new LinkedHashSet<>();
    private final Set<String> withdrawn = new LinkedHashSet<>();
    private final List<GroupRecord> durable = new ArrayList<>();
    private final List<Effect<GroupCommand, GroupAnswer>> effects = new ArrayList<>();
    private Standing applied;
    private Standing standing;
    private String why = "";
    private int size;
    private int joining;
    private int owing;

    Draft(Group base, long nowMs, GroupSettings settings) {
        this.base = base;
        this.nowMs = nowMs;
        this.settings = settings;
        applied = base.standing();
        standing = applied;
        size = base.members().size();
        joining = base.joining();
        owing = base.owing();
    }

    Group base() {
        return base;
    }

    GroupSettings settings() {
        return settings;
    }

    Standing standing() {
        return standing;
    }

    int owing() {
        return owing;
    }

    boolean hasMembers() {
        return size > 0;
    }

    boolean everybodyJoined() {
        return size == joining && expected() == 0;
    }

    @Nullable
    Member member(String memberId) {
        if (gone.contains(memberId)) return null;
        var here = changed.get(memberId);
        return here != null ? here : base.member(memberId);
    }

    @Nullable
    Member memberCalled(String instanceId) {
        var holder = base.holderOf(instanceId);
        return holder == null ? null : member(holder);
    }

    boolean expects(String memberId) {
        return !withdrawn.contains(memberId) && base.givenIds().contains(memberId);
    }

    /// All members, those of the group first; a copy.
    List<Member> members() {
        var all = new ArrayList<Member>(size);
        for (var member : base.members()) {
            var now = member(member.id());
            if (now != null) all.add(now);
        }
        for (var member : changed.values()) if (base.member(member.id()) == null) all.add(member);
        return all;
    }

    /// The longest time that a member needs to join again.
    int rebalanceTimeoutMs() {
        int longest = 0;
        for (var member : members()) longest = Math.max(longest, member.terms().rebalanceTimeoutMs());
        return longest;
    }

    boolean isLeader(Member member) {
        return member.id().equals(standing.leader());
    }

    // Changes:

    /// A member that was not there before. The first one leads, and says what kind of group it is.
    void add(Member member) {
        if (size == 0) standing = standing.ofType(member.terms().protocolType());
        if (standing.leader() == null) standing = standing.ledBy(member.id());
        if (base.givenIds().contains(member.id())) withdrawn.add(member.id());
        put(member);
    }

    /// A member that was there before, as it is from now on.
    void put(Member member) {
        var before = member(member.id());
        count(before, -1);
        count(member, 1);
        if (before == null) size++;
        changed.put(member.id(), member);
    }

    /// Puts a member out: what it waits for is refused with `code`, and its session is over.
    void drop(Member member, Errors code) {
        refuse(member, code);
        cancel(Keys.session(base.id(), member.id()));
        takeOut(member);
        if (isLeader(member)) {
            standing = standing.ledBy(size == 0 ? null : members().getFirst().id());
        }
    }

    /// The member called `before` is from now on another process, and so another id.
    void replace(Member before, Member now) {
        drop(before, Errors.FENCED_INSTANCE_ID, now.id());
        put(now);
    }

    private void drop(Member before, Errors code, String successor) {
        boolean led = isLeader(before);
        refuse(before, code);
        cancel(Keys.session(base.id(), before.id()));
        takeOut(before);
        if (led) standing = standing.ledBy(successor);
    }

    private void takeOut(Member member) {
        count(member, -1);
        size--;
        changed.remove(member.id());
        if (base.member(member.id()) != null) gone.add(member.id());
    }

    private void refuse(Member member, Errors code) {
        if (member.isJoining()) {
            var id = code == Errors.FENCED_INSTANCE_ID ? member.id() : "";
            reply(member.waiting().joinToken(), new JoinRefused(code, id));
        }
        if (member.isSyncing()) reply(member.waiting().syncToken(), new Refused(code));
    }

    void give(String memberId) {
        given.add(memberId);
    }

    void withdraw(String memberId) {
        withdrawn.add(memberId);
        cancel(Keys.session(base.id(), memberId));
    }

    /// The group enters another phase now.
    void enter(Phase phase, String reason) {
        standing = standing.to(phase, nowMs);
        if (!reason.isEmpty()) why = reason;
    }

    void stand(Standing now, String reason) {
        standing = now;
        if (!reason.isEmpty()) why = reason;
    }

    long nowMs() {
        return nowMs;
    }

    /// The group as it is to be stored now.
    GroupStored toStore() {
        var type = standing.protocolType() == null ? "" : standing.protocolType();
        var list = members().stream()
                .map(member -> member.toStore(standing.protocol()))
                .toList();
        return new GroupStored(
                base.id(), type, standing.generation(), standing.protocol(), standing.leader(), nowMs, list);
    }

    /// Makes `stored` durable. What it cannot hold, who waits for example, is written again behind it.
    void store(GroupStored stored) {
        durable.add(stored);
        applied = Group.standingOf(stored);
        for (var member : members()) changed.put(member.id(), member);
    }

    // Effects:

    void reply(long token, GroupAnswer answer) {
        effects.add(new Effect.Reply<>(token, answer));
    }

    /// From now on the member has its whole session to say something.
    void startSession(Member member) {
        startSession(member.id(), member.terms().sessionTimeoutMs());
    }

    void startSession(String memberId, int timeoutMs) {
        timer(Keys.session(base.id(), memberId), timeoutMs, new GroupCommand.SessionEnded(base.id(), memberId));
    }

    void timer(String key, long delayMs, GroupCommand command) {
        effects.add(new Effect.SetTimer<>(key, delayMs, command));
    }

    void cancel(String key) {
        effects.add(new Effect.CancelTimer<>(key));
    }

    Decision<GroupCommand, GroupRecord, GroupAnswer> decision() {
        var records = new ArrayList<GroupRecord>(durable);
        var group = base.id();
        for (var id : withdrawn) records.add(new GroupRecord.IdWithdrawn(group, id));
        for (var id : gone) records.add(new GroupRecord.MemberGone(group, id));
        for (var member : changed.values()) records.add(new GroupRecord.MemberIs(group, member));
        for (var id : given) records.add(new GroupRecord.IdGiven(group, id));
        if (!standing.equals(applied)) records.add(new GroupRecord.Moved(group, standing, why));
        return new Decision<>(records, effects);
    }

    private int expected() {
        return base.givenIds().size() - withdrawn.size() + given.size();
    }

    private void count(@Nullable Member member, int change) {
        if (member == null) return;
        if (member.isJoining()) joining += change;
        if (member.waiting().owesSync()) owing += change;
    }
}
