package io.millrace.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace group reset-offsets GROUP`
@Command(
        name = "reset-offsets",
        description =
                "Move the committed offsets of a group that has no members. Shows what it would do; --execute does it.",
        footer = {
            "",
            "Examples: millrace group reset-offsets billing --topic orders --to earliest --execute",
            "          millrace group reset-offsets billing --to -1h",
            "          millrace group reset-offsets billing --shift -100 --execute",
            "Offsets never leave what a partition holds: one outside becomes its first or its end.",
            "JSON: {\"group\",\"executed\",\"offsets\":[{\"topic\",\"partition\",\"from\",\"to\"}]}"
        })
final class GroupResetOffsets extends AdminAction {

    @Parameters(paramLabel = "GROUP", description = "Name of the group.")
    private String group = "";

    @Option(names = "--topic", paramLabel = "NAME", description = "May be repeated. Default: all it has offsets in.")
    private Set<String> topics = new LinkedHashSet<>();

    @Option(names = "--partition", paramLabel = "N", description = "May be repeated. Default: all of the topic.")
    private Set<Integer> partitions = new LinkedHashSet<>();

    @Option(
            names = "--to",
            paramLabel = "PLACE",
            description = "earliest, latest, an offset, -N (the last N), -1h, or a time such as 2026-11-21T08:00:00Z.")
    private @Nullable String to;

    @Option(names = "--shift", paramLabel = "N", description = "Move by N records, back when negative.")
    private @Nullable Long shift;

    @Option(names = "--execute", description = "Do it.")
    private boolean execute;

    @Override
    void check() throws Failure {
        if ((to == null) == (shift == null)) {
            throw new Failure(Exit.USAGE, "say where to: --to PLACE or --shift N", null);
        }
        if (!partitions.isEmpty() && topics.size() != 1) {
            throw new Failure(Exit.USAGE, "--partition needs exactly one --topic", null);
        }
        if (to != null) Place.parse(to, System.currentTimeMillis());
    }

    @Override
    int ask(Admin admin) throws Exception {
        refuseWithMembers(admin);
        var committed = Groups.committed(admin, group);
        var chosen = chosen(admin, committed);
        var target = target(admin, chosen, committed);
        if (execute) {
            var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
            target.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
            try {
                await(admin.alterConsumerGroupOffsets(group, offsets).all());
            } catch (UnknownMemberIdException e) {
                throw new Failure(Exit.FAILED, "a member joined group " + group + " meanwhile", "stop it first", e);
            }
        }
        show(target, committed);
        return Exit.OK;
    }

    /// Members would go on from where they are, and overwrite the offsets with their next commit.
    private void refuseWithMembers(Admin admin) throws Exception {
        try {
            var found = Groups.one(admin, group);
            if (found.groupState() != GroupState.EMPTY) {
                throw new Failure(
                        Exit.FAILED,
                        "group %s is %s with %s"
                                .formatted(
                                        group,
                                        Groups.state(found),
                                        Sizes.count(found.members().size(), "member")),
                        "offsets move only while it has none: stop them first; see: millrace group describe " + group);
            }
        } catch (Failure failure) {
            // A group that is not there yet may be given its first offsets, where topics are named.
            if (failure.exit() != Exit.NOT_FOUND || topics.isEmpty()) throw failure;
        }
    }

    private Set<TopicPartition> chosen(Admin admin, Map<TopicPartition, Long> committed) throws Exception {
        if (topics.isEmpty()) {
            if (committed.isEmpty()) {
                throw new Failure(Exit.NOT_FOUND, "group " + group + " has no offsets", "name a topic: --topic NAME");
            }
            var alive = Groups.ends(admin, committed.keySet()).keySet();
            var chosen = new TreeSet<>(OffsetLookup.ORDER);
            chosen.addAll(alive);
            return chosen;
        }
        var chosen = new TreeSet<>(OffsetLookup.ORDER);
        for (var topic : topics) chosen.addAll(Topics.partitions(Topics.one(admin, topic), partitions));
        return chosen;
    }

    private Map<TopicPartition, Long> target(
            Admin admin, Set<TopicPartition> chosen, Map<TopicPartition, Long> committed) throws Exception {
        var lookup = OffsetLookup.of(admin);
        if (to != null) return Place.parse(to, System.currentTimeMillis()).in(chosen, lookup);

        long by = shift == null ? 0 : shift;
        var earliest = lookup.earliest(chosen);
        var latest = lookup.latest(chosen);
        var target = new java.util.TreeMap<TopicPartition, Long>(OffsetLookup.ORDER);
        for (var partition : chosen) {
            Long at = committed.get(partition);
            if (at == null) continue; // Nothing to count from.
            long first = earliest.getOrDefault(partition, 0L);
            long end = Math.max(first, latest.getOrDefault(partition, first));
            target.put(partition, Math.clamp(at + by, first, end));
        }
        if (target.isEmpty()) {
            throw new Failure(
                    Exit.FAILED, "group " + group + " has no offsets there to shift", "use --to instead of --shift");
        }
        return target;
    }

    private void show(Map<TopicPartition, Long> target, Map<TopicPartition, Long> committed) {
        if (json) {
            List<Object> offsets = new ArrayList<>();
            target.forEach((partition, offset) -> offsets.add(Json.object(
                    "topic", partition.topic(),
                    "partition", partition.partition(),
                    "from", committed.get(partition),
                    "to", offset)));
            print(Json.object("group", group, "executed", execute, "offsets", offsets));
            return;
        }
        var table = new Table("TOPIC", "PARTITION", "FROM", "TO");
        target.forEach((partition, offset) ->
                table.row(partition.topic(), partition.partition(), committed.get(partition), offset));
        print(table);
        out().flush();
        note(execute ? "offsets of " + group + " are moved" : "nothing was changed; add --execute to do it");
    }
}
