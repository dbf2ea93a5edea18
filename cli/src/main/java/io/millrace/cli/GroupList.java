package io.millrace.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import picocli.CommandLine.Command;

/// `millrace group list`
@Command(
        name = "list",
        description = "List the groups with their state, type and number of members.",
        footer = {"", "JSON: {\"groups\":[{\"group\",\"state\",\"type\",\"protocol\",\"members\"}]}"})
final class GroupList extends AdminAction {

    @Override
    int ask(Admin admin) throws Exception {
        var groups = await(admin.listGroups().all()).stream()
                .sorted(Comparator.comparing(GroupListing::groupId))
                .toList();
        var members = members(admin, groups);
        if (json) {
            var listed = groups.stream()
                    .map(group -> Json.object(
                            "group", group.groupId(),
                            "state", state(group),
                            "type", type(group),
                            "protocol", group.protocol(),
                            "members", members.get(group.groupId())))
                    .toList();
            print(Json.object("groups", listed));
            return Exit.OK;
        }
        if (groups.isEmpty()) {
            note("no groups yet; a consumer makes one: millrace consume TOPIC --group NAME");
            return Exit.OK;
        }
        var table = new Table("GROUP", "STATE", "TYPE", "MEMBERS");
        groups.forEach(group -> table.row(group.groupId(), state(group), type(group), members.get(group.groupId())));
        print(table);
        return Exit.OK;
    }

    private static String state(GroupListing group) {
        return group.groupState()
                .map(state -> state.name().toLowerCase(Locale.ROOT))
                .orElse("unknown");
    }

    private static String type(GroupListing group) {
        return group.type().map(type -> type.name().toLowerCase(Locale.ROOT)).orElse("classic");
    }

    /// How many members each group has; a group that is gone meanwhile is missing.
    private static Map<String, Integer> members(Admin admin, List<GroupListing> groups) throws Exception {
        var members = new HashMap<String, Integer>();
        var consumers = names(
                groups,
                group -> group.isSimpleConsumerGroup() || group.protocol().equals("consumer"));
        var shares = names(
                groups, group -> group.type().filter(GroupType.SHARE::equals).isPresent());
        var streams = names(
                groups, group -> group.type().filter(GroupType.STREAMS::equals).isPresent());
        consumers.removeAll(shares);
        consumers.removeAll(streams);
        var others = names(groups, _ -> true);
        others.removeAll(consumers);
        others.removeAll(shares);
        others.removeAll(streams);

        if (!consumers.isEmpty()) {
            count(
                    admin.describeConsumerGroups(consumers).describedGroups(),
                    ConsumerGroupDescription::members,
                    members);
        }
        if (!shares.isEmpty()) {
            count(admin.describeShareGroups(shares).describedGroups(), ShareGroupDescription::members, members);
        }
        if (!streams.isEmpty()) {
            count(admin.describeStreamsGroups(streams).describedGroups(), StreamsGroupDescription::members, members);
        }
        if (!others.isEmpty()) {
            count(admin.describeClassicGroups(others).describedGroups(), ClassicGroupDescription::members, members);
        }
        return members;
    }

    private static List<String> names(List<GroupListing> groups, java.util.function.Predicate<GroupListing> which) {
        return groups.stream()
                .filter(which)
                .map(GroupListing::groupId)
                .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
    }

    private static <D> void count(
            Map<String, KafkaFuture<D>> answers, Function<D, Collection<?>> membersOf, Map<String, Integer> into)
            throws Exception {
        for (var answer : answers.entrySet()) {
            try {
                into.put(
                        answer.getKey(),
                        membersOf.apply(await(answer.getValue())).size());
            } catch (ApiException _) {
                // Gone, or not to be seen by us: listed without a number.
            }
        }
    }
}
