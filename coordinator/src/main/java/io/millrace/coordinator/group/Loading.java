package io.millrace.coordinator.group;

import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect;
import java.util.ArrayList;
import java.util.Collection;

/// A new coordinator takes over: every member has a whole session to find it.
final class Loading {

    private Loading() {}

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(
            Collection<Group> groups, long nowMs, GroupSettings settings) {
        var records = new ArrayList<GroupRecord>();
        var effects = new ArrayList<Effect<GroupCommand, GroupAnswer>>();
        for (var group : groups) {
            for (var member : group.members()) effects.add(Living.session(group, member));
            if (group.members().size() > settings.sizes().maxMembers()) {
                var draft = new Draft(group, nowMs, settings);
                Rebalancing.prepare(draft, "the group is over its limit of members");
                var shrunk = draft.decision();
                records.addAll(shrunk.records());
                effects.addAll(shrunk.effects());
            }
        }
        effects.add(Expiring.nextRound(settings));
        return new Decision<>(records, effects);
    }
}
