package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupCommand.Expire;
import io.millrace.coordinator.group.GroupRecord.GroupForgotten;
import io.millrace.coordinator.group.GroupRecord.OffsetForgotten;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect.SetTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Positions nobody has needed for long are forgotten, and groups of which nothing is left.
///
/// A round looks at all groups, a few at a time, so that no turn of the host takes long.
final class Expiring {

    private static final int GROUPS_AT_ONCE = 128;
    private static final int RECORDS_AT_ONCE = 1_024;
    private static final long PAUSE_MS = 1;

    private Expiring() {}

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(
            Map<String, Group> groups, Expire expire, long nowMs, GroupSettings settings) {
        var ids = expire.groups() == null ? List.copyOf(groups.keySet()) : expire.groups();
        var records = new ArrayList<GroupRecord>();
        int at = expire.next();
        while (at < ids.size() && at - expire.next() < GROUPS_AT_ONCE && records.size() < RECORDS_AT_ONCE) {
            var group = groups.get(ids.get(at++));
            if (group != null) expire(group, nowMs, settings, records);
        }
        var next = at < ids.size()
                ? new SetTimer<GroupCommand, GroupAnswer>(Keys.EXPIRY, PAUSE_MS, new Expire(ids, at))
                : nextRound(settings);
        return new Decision<>(records, List.of(next));
    }

    static SetTimer<GroupCommand, GroupAnswer> nextRound(GroupSettings settings) {
        return new SetTimer<>(Keys.EXPIRY, settings.retention().checkEveryMs(), new Expire(null, 0));
    }

    private static void expire(Group group, long nowMs, GroupSettings settings, List<GroupRecord> records) {
        int before = records.size();
        int held = 0;
        for (var topic : group.offsets().entrySet()) {
            boolean read = group.standing().reads(topic.getKey());
            for (var partition : topic.getValue().entrySet()) {
                held++;
                if (read || !isOver(group.standing(), partition.getValue(), nowMs, settings)) continue;
                records.add(new OffsetForgotten(group.id(), topic.getKey(), partition.getKey()));
            }
        }
        boolean nothingLeft = records.size() - before == held;
        if (nothingLeft && group.isEmpty() && group.givenIds().isEmpty()) records.add(new GroupForgotten(group.id()));
    }

    private static boolean isOver(Standing standing, CommittedOffset offset, long nowMs, GroupSettings settings) {
        var since = unusedSince(standing, offset);
        if (since.isEmpty()) return false;
        if (offset.expireTimeMs() >= 0) return nowMs >= offset.expireTimeMs();
        return nowMs - since.getAsLong() >= settings.retention().offsetsMs();
    }

    /// From when the time of an offset runs; empty while it is in use.
    private static OptionalLong unusedSince(Standing standing, CommittedOffset offset) {
        if (standing.protocolType() == null) return OptionalLong.of(offset.commitTimeMs());
        if (standing.isEmpty()) {
            return OptionalLong.of(standing.sinceMs() < 0 ? offset.commitTimeMs() : standing.sinceMs());
        }
        // In a stable group of consumers we know which topics are read; the others were left behind.
        boolean known = standing.phase() instanceof Phase.Stable && standing.subscribed() != null;
        return known && standing.ofConsumers() ? OptionalLong.of(offset.commitTimeMs()) : OptionalLong.empty();
    }
}
