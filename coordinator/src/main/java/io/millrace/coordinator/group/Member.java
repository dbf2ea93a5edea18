package io.millrace.coordinator.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One member of a group, as it is now. Never changes; the next moment is another value.
///
/// @param instanceId the lasting name of a static member; null for a dynamic one
/// @param assignment its part of the work; empty while it has none
public record Member(
        String id,
        @Nullable String instanceId,
        GroupCommand.Client client,
        GroupCommand.Terms terms,
        Opaque assignment,
        Waiting waiting) {

    /// What a member waits for and owes.
    ///
    /// @param joinToken the join that is not answered yet; [#NOTHING] for none
    /// @param syncToken the sync that is not answered yet; [#NOTHING] for none
    /// @param isNew     it has not had its first answer, so it cannot say that it is alive
    /// @param owesSync  it was told of the generation and has not synced yet
    public record Waiting(long joinToken, long syncToken, boolean isNew, boolean owesSync) {

        /// No token: those that hosts give are never negative.
        public static final long NOTHING = -1;

        static final Waiting FOR_NOTHING = new Waiting(NOTHING, NOTHING, false, false);
    }

    static Member stored(GroupRecord.StoredMember member, String protocolType, @Nullable String protocol) {
        var protocols = List.of(new Protocol(protocol == null ? "" : protocol, member.subscription()));
        var terms =
                new GroupCommand.Terms(member.sessionTimeoutMs(), member.rebalanceTimeoutMs(), protocolType, protocols);
        return new Member(
                member.id(), member.instanceId(), member.client(), terms, member.assignment(), Waiting.FOR_NOTHING);
    }

    GroupRecord.StoredMember toStore(@Nullable String protocol) {
        return new GroupRecord.StoredMember(
                id,
                instanceId,
                client,
                terms.rebalanceTimeoutMs(),
                terms.sessionTimeoutMs(),
                metadata(protocol),
                assignment);
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean isJoining() {
        return waiting.joinToken() != Waiting.NOTHING;
    }

    boolean isSyncing() {
        return waiting.syncToken() != Waiting.NOTHING;
    }

    /// Whether silence is no sign of death: it is we who keep it waiting.
    boolean maySayNothing() {
        return !waiting.isNew() && (isJoining() || isSyncing());
    }

    /// What it said under `protocol`; empty when it does not know it.
    Opaque metadata(@Nullable String protocol) {
        for (var one : terms.protocols()) if (one.name().equals(protocol)) return one.metadata();
        return Opaque.EMPTY;
    }

    Member with(Waiting now) {
        return new Member(id, instanceId, client, terms, assignment, now);
    }

    Member with(GroupCommand.Terms now) {
        return new Member(id, instanceId, client, now, assignment, waiting);
    }

    Member with(Opaque newAssignment) {
        return new Member(id, instanceId, client, terms, newAssignment, waiting);
    }

    Member named(String newId) {
        return new Member(newId, instanceId, client, terms, assignment, waiting);
    }

    Member joining(long token) {
        return with(new Waiting(token, Waiting.NOTHING, waiting.isNew(), waiting.owesSync()));
    }

    Member syncing(long token) {
        return with(new Waiting(waiting.joinToken(), token, waiting.isNew(), false));
    }

    /// After the answer to its join, in a new generation.
    Member joined() {
        return with(new Waiting(Waiting.NOTHING, Waiting.NOTHING, false, true));
    }

    /// After the answer to its sync.
    Member synced() {
        return with(new Waiting(waiting.joinToken(), Waiting.NOTHING, waiting.isNew(), waiting.owesSync()));
    }

    /// Its sync came, or nobody waits for it any more.
    Member owingNothing() {
        return with(new Waiting(waiting.joinToken(), waiting.syncToken(), waiting.isNew(), false));
    }
}
