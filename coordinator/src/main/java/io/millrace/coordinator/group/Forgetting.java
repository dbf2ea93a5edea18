package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Done;
import io.millrace.coordinator.group.GroupAnswer.Forgotten;
import io.millrace.coordinator.group.GroupAnswer.PartitionCode;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Delete;
import io.millrace.coordinator.group.GroupCommand.Forget;
import io.millrace.coordinator.group.GroupCommand.TopicDeleted;
import io.millrace.coordinator.group.GroupRecord.GroupForgotten;
import io.millrace.coordinator.group.GroupRecord.OffsetForgotten;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect;
import io.millrace.model.machine.Effect.CancelTimer;
import io.millrace.model.machine.Effect.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Positions and whole groups are forgotten, because somebody asks for it or their topic is gone.
final class Forgetting {

    private Forgetting() {}

    /// While there are members, positions of topics they read stay.
    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(@Nullable Group group, Forget forget) {
        if (group == null) return reply(forget.token(), new Refused(Errors.GROUP_ID_NOT_FOUND));
        var standing = group.standing();
        if (!group.isEmpty() && !standing.ofConsumers()) {
            return reply(forget.token(), new Refused(Errors.NON_EMPTY_GROUP));
        }
        var records = new ArrayList<GroupRecord>();
        var codes = new ArrayList<PartitionCode>();
        for (var topic : forget.topics()) {
            boolean read = standing.reads(topic.topic());
            for (int partition : topic.partitions()) {
                var code = read ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE;
                codes.add(new PartitionCode(topic.topic(), partition, code));
                if (!read && group.offset(topic.topic(), partition) != null) {
                    records.add(new OffsetForgotten(group.id(), topic.topic(), partition));
                }
            }
        }
        return new Decision<>(records, List.of(new Reply<>(forget.token(), new Forgotten(codes))));
    }

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(@Nullable Group group, Delete delete) {
        if (group == null) return reply(delete.token(), new Refused(Errors.GROUP_ID_NOT_FOUND));
        if (!group.isEmpty()) return reply(delete.token(), new Refused(Errors.NON_EMPTY_GROUP));
        var records = new ArrayList<GroupRecord>();
        group.offsets()
                .forEach((topic, offsets) -> offsets.keySet()
                        .forEach(partition -> records.add(new OffsetForgotten(group.id(), topic, partition))));
        records.add(new GroupForgotten(group.id()));
        var effects = new ArrayList<Effect<GroupCommand, GroupAnswer>>();
        for (var id : group.givenIds()) effects.add(new CancelTimer<>(Keys.session(group.id(), id)));
        effects.add(new Reply<>(delete.token(), new Done()));
        return new Decision<>(records, effects);
    }

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(Collection<Group> groups, TopicDeleted deleted) {
        var records = new ArrayList<GroupRecord>();
        for (var group : groups) {
            var offsets = group.offsets().get(deleted.topic());
            if (offsets == null) continue;
            offsets.forEach((partition, offset) -> {
                if (offset.mayBeOf(deleted.topicId())) {
                    records.add(new OffsetForgotten(group.id(), deleted.topic(), partition));
                }
            });
        }
        return new Decision<>(records, List.of());
    }

    private static Decision<GroupCommand, GroupRecord, GroupAnswer> reply(long token, GroupAnswer answer) {
        return new Decision<>(List.of(), List.of(new Reply<>(token, answer)));
    }
}
