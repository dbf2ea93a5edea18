package io.millrace.broker;

import io.millrace.coordinator.group.GroupRecord;
import io.millrace.coordinator.group.GroupRecord.GroupForgotten;
import io.millrace.coordinator.group.GroupRecord.GroupStored;
import io.millrace.coordinator.group.GroupRecord.Moved;
import io.millrace.coordinator.group.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the log how groups fare: one line for each change of a group's state, none for anything else.
final class GroupNews {

    private static final Logger LOG = LoggerFactory.getLogger(GroupNews.class);

    private GroupNews() {}

    static void of(GroupRecord record) {
        switch (record) {
            case Moved moved
            when moved.standing().phase() instanceof Phase.Preparing
                    && !moved.why().isEmpty() ->
                LOG.info(
                        "group {}: calls its members after generation {}: {}",
                        moved.group(),
                        moved.standing().generation(),
                        moved.why());
            case Moved moved
            when moved.standing().phase() instanceof Phase.Completing ->
                LOG.info(
                        "group {}: generation {} is formed, protocol {}, leader {}: {}",
                        moved.group(),
                        moved.standing().generation(),
                        moved.standing().protocol(),
                        moved.standing().leader(),
                        moved.why());
            case GroupStored stored ->
                LOG.info(
                        "group {}: {} in generation {} with {} members",
                        stored.group(),
                        stored.members().isEmpty() ? "empty" : "stable",
                        stored.generation(),
                        stored.members().size());
            case GroupForgotten forgotten -> LOG.info("group {}: gone", forgotten.group());
            default -> {}
        }
    }
}
