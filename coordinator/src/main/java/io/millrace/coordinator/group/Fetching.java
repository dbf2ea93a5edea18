package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.PositionOf;
import io.millrace.coordinator.group.GroupAnswer.Positions;
import io.millrace.coordinator.group.GroupCommand.Fetch;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Positions are told. A group that is not there has none.
final class Fetching {

    private Fetching() {}

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(@Nullable Group group, Fetch fetch) {
        var positions = new ArrayList<PositionOf>();
        if (fetch.topics() != null) {
            for (var topic : fetch.topics()) {
                for (int partition : topic.partitions()) positions.add(position(group, topic, partition));
            }
        } else if (group != null) {
            group.offsets()
                    .forEach((topic, offsets) -> offsets.forEach(
                            (partition, offset) -> positions.add(new PositionOf(topic, partition, offset))));
        }
        return new Decision<>(List.of(), List.of(new Reply<>(fetch.token(), new Positions(positions))));
    }

    /// A topic that was made anew under an old name has no positions of the old one.
    private static PositionOf position(@Nullable Group group, TopicPartitions topic, int partition) {
        var offset = group == null ? null : group.offset(topic.topic(), partition);
        boolean ours = offset != null && offset.mayBeOf(topic.topicId());
        return new PositionOf(topic.topic(), partition, ours ? offset : null);
    }
}
