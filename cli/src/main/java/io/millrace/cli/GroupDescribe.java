package io.millrace.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `millrace group describe GROUP`
@Command(
        name = "describe",
        description = "Show the members of a group, and how far behind it is in each partition.",
        footer = {
            "",
            "LAG counts records from the committed offset to the end; a dash when one of them is not known.",
            "JSON: {\"group\",\"state\",\"type\",\"assignor\",\"coordinator\",\"totalLag\",",
            "  \"members\":[{\"member\",\"instance\",\"client\",\"host\",\"partitions\":[{\"topic\",\"partition\"}]}],",
            "  \"offsets\":[{\"topic\",\"partition\",\"committed\",\"end\",\"lag\",\"member\"}]}"
        })
final class GroupDescribe extends AdminAction {

    @Parameters(paramLabel = "GROUP", description = "Name of the group.")
    private String name = "";

    /// A partition of the group; null is what is not known.
    private record Row(
            TopicPartition partition,
            @Nullable Long committed,
            @Nullable Long end,
            @Nullable Long lag,
            @Nullable String member) {}

    @Override
    int ask(Admin admin) throws Exception {
        var group = Groups.one(admin, name);
        var members = group.members().stream()
                .sorted(Comparator.comparing(MemberDescription::consumerId))
                .toList();
        var rows = rows(admin, members);
        var totalLag = totalLag(rows);
        if (json) {
            printJson(group, members, rows, totalLag);
        } else {
            printText(group, members, rows, totalLag);
        }
        return Exit.OK;
    }

    private List<Row> rows(Admin admin, List<MemberDescription> members) throws Exception {
        var committed = Groups.committed(admin, name);
        var owners = new HashMap<TopicPartition, String>();
        for (var member : members) {
            member.assignment().topicPartitions().forEach(partition -> owners.put(partition, member.consumerId()));
        }
        var all = new TreeSet<>(OffsetLookup.ORDER);
        all.addAll(committed.keySet());
        all.addAll(owners.keySet());
        var ends = Groups.ends(admin, all);

        var rows = new ArrayList<Row>();
        for (var partition : all) {
            Long at = committed.get(partition);
            Long end = ends.get(partition);
            Long lag = at == null || end == null ? null : Long.valueOf(Math.max(0, end - at));
            rows.add(new Row(partition, at, end, lag, owners.get(partition)));
        }
        return rows;
    }

    /// Null when no partition's lag is known.
    private static @Nullable Long totalLag(List<Row> rows) {
        Long total = null;
        for (var row : rows) {
            if (row.lag() != null) total = (total == null ? 0 : total) + row.lag();
        }
        return total;
    }

    private void printText(
            ConsumerGroupDescription group, List<MemberDescription> members, List<Row> rows, @Nullable Long totalLag) {
        out().line("group        " + name);
        out().line("state        " + Groups.state(group));
        out().line("type         " + group.type().name().toLowerCase(Locale.ROOT));
        out().line("assignor     " + (group.partitionAssignor().isEmpty() ? "-" : group.partitionAssignor()));
        out().line("coordinator  "
                + (group.coordinator() == null ? "-" : group.coordinator().idString()));
        out().line("lag          " + (totalLag == null ? "-" : totalLag));
        if (!members.isEmpty()) {
            out().line("");
            var table = new Table("MEMBER", "CLIENT", "HOST", "INSTANCE", "PARTITIONS");
            for (var member : members) {
                table.row(
                        member.consumerId(),
                        member.clientId(),
                        host(member),
                        member.groupInstanceId().orElse(null),
                        assigned(member.assignment().topicPartitions()));
            }
            print(table);
        }
        if (rows.isEmpty()) return;
        out().line("");
        var table = new Table("TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "MEMBER");
        for (var row : rows) {
            table.row(
                    row.partition().topic(),
                    row.partition().partition(),
                    row.committed(),
                    row.end(),
                    row.lag(),
                    row.member());
        }
        print(table);
    }

    /// Brokers tell an address as `/127.0.0.1`.
    private static String host(MemberDescription member) {
        return member.host().startsWith("/") ? member.host().substring(1) : member.host();
    }

    /// `orders:0,1,2 bills:0`
    static String assigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) return "-";
        Map<String, List<Integer>> byTopic = partitions.stream()
                .sorted(OffsetLookup.ORDER)
                .collect(Collectors.groupingBy(
                        TopicPartition::topic,
                        java.util.TreeMap::new,
                        Collectors.mapping(TopicPartition::partition, Collectors.toList())));
        return byTopic.entrySet().stream()
                .map(topic -> topic.getKey() + ":" + Topics.shown(topic.getValue()))
                .collect(Collectors.joining(" "));
    }

    private void printJson(
            ConsumerGroupDescription group, List<MemberDescription> members, List<Row> rows, @Nullable Long totalLag) {
        print(Json.object(
                "group", name,
                "state", Groups.state(group),
                "type", group.type().name().toLowerCase(Locale.ROOT),
                "assignor", group.partitionAssignor(),
                "coordinator",
                        group.coordinator() == null ? null : group.coordinator().id(),
                "totalLag", totalLag,
                "members",
                        members.stream()
                                .map(member -> Json.object(
                                        "member", member.consumerId(),
                                        "instance", member.groupInstanceId().orElse(null),
                                        "client", member.clientId(),
                                        "host", host(member),
                                        "partitions",
                                                member.assignment().topicPartitions().stream()
                                                        .sorted(OffsetLookup.ORDER)
                                                        .map(p -> Json.object(
                                                                "topic", p.topic(), "partition", p.partition()))
                                                        .toList()))
                                .toList(),
                "offsets",
                        rows.stream()
                                .map(row -> Json.object(
                                        "topic", row.partition().topic(),
                                        "partition", row.partition().partition(),
                                        "committed", row.committed(),
                                        "end", row.end(),
                                        "lag", row.lag(),
                                        "member", row.member()))
                                .toList()));
    }
}
