package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupAnswer.Described;
import io.millrace.coordinator.group.GroupAnswer.DescribedMember;
import io.millrace.coordinator.group.GroupAnswer.Listed;
import io.millrace.coordinator.group.GroupAnswer.ListedGroup;
import io.millrace.coordinator.group.GroupCommand.Describe;
import io.millrace.coordinator.group.GroupCommand.ListAll;
import io.millrace.model.machine.Decision;
import io.millrace.model.machine.Effect.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Groups are told of.
final class Describing {

    /// The kind of group that this machine keeps, by Kafka's name.
    private static final String TYPE = "classic";

    private Describing() {}

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(@Nullable Group group, Describe describe) {
        var answer = group == null
                ? new Described(Errors.GROUP_ID_NOT_FOUND, describe.group(), "Dead", "", "", List.of())
                : describe(group);
        return new Decision<>(List.of(), List.of(new Reply<>(describe.token(), answer)));
    }

    private static Described describe(Group group) {
        var standing = group.standing();
        boolean stable = standing.phase() instanceof Phase.Stable;
        var members = group.members().stream()
                .map(member -> new DescribedMember(
                        member.id(),
                        member.instanceId(),
                        member.client(),
                        stable ? member.metadata(standing.protocol()) : Opaque.EMPTY,
                        member.assignment()))
                .toList();
        var protocol = stable ? text(standing.protocol()) : "";
        return new Described(
                Errors.NONE,
                group.id(),
                standing.phase().kafkaName(),
                text(standing.protocolType()),
                protocol,
                members);
    }

    static Decision<GroupCommand, GroupRecord, GroupAnswer> decide(Collection<Group> groups, ListAll list) {
        var states = lower(list.states());
        var types = lower(list.types());
        var listed = new ArrayList<ListedGroup>();
        if (types.isEmpty() || types.contains(TYPE)) {
            for (var group : groups) {
                var state = group.phase().kafkaName();
                if (!states.isEmpty() && !states.contains(state.toLowerCase(Locale.ROOT))) continue;
                listed.add(new ListedGroup(group.id(), text(group.standing().protocolType()), state, TYPE));
            }
        }
        return new Decision<>(List.of(), List.of(new Reply<>(list.token(), new Listed(listed))));
    }

    private static Set<String> lower(Set<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT).trim()).collect(Collectors.toSet());
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
