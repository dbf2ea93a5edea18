package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupRecord.GroupStored;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One group as it is: only records that are applied change it.
///
/// What holds after every record:
/// 1. `instances` names exactly the static members.
/// 2. The counts and `support` are those of `members`; they are kept so that a join need not visit everybody.
/// 3. An id in `givenIds` is not a member's.
final class Group {

    private final String id;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> instances = new HashMap<>();
    private final Set<String> givenIds = new LinkedHashSet<>();
    private final Map<String, Integer> support = new HashMap<>();
    private final Map<String, Map<Integer, CommittedOffset>> offsets = new LinkedHashMap<>();
    private Standing standing = Standing.NEW;
    private int joining;
    private int owing;
    private long protocolBytes;

    Group(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    Standing standing() {
        return standing;
    }

    Phase phase() {
        return standing.phase();
    }

    boolean isEmpty() {
        return standing.isEmpty();
    }

    Collection<Member> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    @Nullable
    Member member(String memberId) {
        return members.get(memberId);
    }

    /// The id of the static member called `instanceId`, or null.
    @Nullable
    String holderOf(String instanceId) {
        return instances.get(instanceId);
    }

    Set<String> givenIds() {
        return Collections.unmodifiableSet(givenIds);
    }

    /// How many wait for the answer to a join.
    int joining() {
        return joining;
    }

    /// How many were told of the generation and have not synced.
    int owing() {
        return owing;
    }

    /// What the members say under all their protocols together.
    long protocolBytes() {
        return protocolBytes;
    }

    /// Whether `who` is a member, and not one that another has taken the place of.
    Errors check(GroupCommand.Who who) {
        if (who.instanceId() != null) {
            var holder = instances.get(who.instanceId());
            if (holder == null) return Errors.UNKNOWN_MEMBER_ID;
            if (!holder.equals(who.memberId())) return Errors.FENCED_INSTANCE_ID;
        }
        return members.containsKey(who.memberId()) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    /// Whether a member on these terms could agree with everybody here.
    boolean suits(GroupCommand.Terms terms) {
        if (isEmpty())
            return !terms.protocolType().isEmpty() && !terms.protocols().isEmpty();
        if (!terms.protocolType().equals(standing.protocolType())) return false;
        for (var protocol : terms.protocols()) {
            if (support.getOrDefault(protocol.name(), 0) == members.size()) return true;
        }
        return false;
    }

    Map<String, Map<Integer, CommittedOffset>> offsets() {
        return Collections.unmodifiableMap(offsets);
    }

    @Nullable
    CommittedOffset offset(String topic, int partition) {
        var ofTopic = offsets.get(topic);
        return ofTopic == null ? null : ofTopic.get(partition);
    }

    // Records, applied:

    void stands(Standing now) {
        standing = now;
    }

    void put(Member member) {
        count(members.put(member.id(), member), -1);
        count(member, 1);
        if (member.instanceId() != null) instances.put(member.instanceId(), member.id());
        givenIds.remove(member.id());
    }

    void remove(String memberId) {
        var gone = members.remove(memberId);
        count(gone, -1);
        if (gone != null && gone.instanceId() != null) instances.remove(gone.instanceId(), memberId);
    }

    void give(String memberId) {
        givenIds.add(memberId);
    }

    void withdraw(String memberId) {
        givenIds.remove(memberId);
    }

    void become(GroupStored stored) {
        clearMembers();
        for (var member : stored.members()) put(Member.stored(member, stored.protocolType(), stored.protocol()));
        standing = standingOf(stored);
    }

    /// Forgets membership; offsets have records of their own.
    void forget() {
        clearMembers();
        givenIds.clear();
        standing = Standing.NEW;
    }

    void commit(String topic, int partition, CommittedOffset offset) {
        offsets.computeIfAbsent(topic, _ -> new TreeMap<>()).put(partition, offset);
    }

    void forgetOffset(String topic, int partition) {
        var ofTopic = offsets.get(topic);
        if (ofTopic == null) return;
        ofTopic.remove(partition);
        if (ofTopic.isEmpty()) offsets.remove(topic);
    }

    /// How a group stands that was stored like this.
    static Standing standingOf(GroupStored stored) {
        var type = stored.protocolType().isEmpty() ? null : stored.protocolType();
        var subscriptions = stored.members().stream()
                .map(GroupRecord.StoredMember::subscription)
                .toList();
        boolean readable = Standing.CONSUMER.equals(type) && (stored.protocol() != null || subscriptions.isEmpty());
        return new Standing(
                subscriptions.isEmpty() ? new Phase.Empty() : new Phase.Stable(),
                stored.generation(),
                type,
                stored.protocol(),
                stored.leader(),
                stored.sinceMs(),
                readable ? Subscriptions.of(subscriptions) : null);
    }

    private void clearMembers() {
        members.clear();
        instances.clear();
        support.clear();
        joining = 0;
        owing = 0;
        protocolBytes = 0;
    }

    private void count(@Nullable Member member, int change) {
        if (member == null) return;
        if (member.isJoining()) joining += change;
        if (member.waiting().owesSync()) owing += change;
        for (var protocol : member.terms().protocols()) {
            int supporters = support.getOrDefault(protocol.name(), 0) + change;
            if (supporters == 0) support.remove(protocol.name());
            else support.put(protocol.name(), supporters);
            protocolBytes += (long) change * protocol.metadata().sizeBytes();
        }
    }
}
