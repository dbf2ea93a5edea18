package io.millrace.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.PolicyViolationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic delete-records NAME --before PLACE`
@Command(
        name = "delete-records",
        description = "Delete the oldest records of a topic, up to a place in it.",
        footer = {
            "",
            "Asks first; in a script say --yes. The record at PLACE stays; offsets are never given again.",
            "Examples: millrace topic delete-records orders --before latest",
            "          millrace topic delete-records orders --before -7d --yes",
            "          millrace topic delete-records orders --before 1200 --partition 3",
            "FROM and TO: the earliest offset before and after.",
            "JSON: {\"name\",\"partitions\":[{\"partition\",\"from\",\"to\"}]}"
        })
final class TopicDeleteRecords extends AdminAction {

    @Parameters(paramLabel = "NAME", description = "Name of the topic.")
    private String name = "";

    @Option(
            names = "--before",
            required = true,
            paramLabel = "PLACE",
            description = "latest, an offset, -N (all but the last N), -1h, or a time such as 2026-11-21T08:00:00Z.")
    private String before = "";

    @Option(names = "--partition", paramLabel = "N", description = "May be repeated. Default: all of the topic.")
    private Set<Integer> partitions = new LinkedHashSet<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    /// What happened to one partition: its earliest offset before and after.
    private record Moved(int partition, long from, long to) {}

    @Override
    void check() throws Failure {
        Place.parse(before, System.currentTimeMillis());
    }

    @Override
    int ask(Admin admin) throws Exception {
        var chosen = Topics.partitions(Topics.one(admin, name), partitions);
        var lookup = OffsetLookup.of(admin);
        var from = lookup.earliest(chosen);
        var to = target(chosen, lookup);
        long count = to.entrySet().stream()
                .mapToLong(end -> end.getValue() - from.getOrDefault(end.getKey(), 0L))
                .sum();
        if (count > 0) {
            var question = "Delete %s of %s? They are gone for good.".formatted(Sizes.count(count, "record"), name);
            Confirm.orFail(surroundings(), yes, question);
        }
        delete(admin, from, to);
        return Exit.OK;
    }

    /// Where each partition is to begin. An offset that it has not reached yet is a mistake, not its end.
    private Map<TopicPartition, Long> target(Set<TopicPartition> chosen, OffsetLookup lookup) throws Exception {
        var place = Place.parse(before, System.currentTimeMillis());
        var target = place.in(chosen, lookup);
        if (place instanceof Place.At(long offset)) {
            for (var end : lookup.latest(chosen).entrySet()) {
                if (end.getValue() >= offset) continue;
                throw new Failure(
                        Exit.FAILED,
                        "partition %d of %s ends at offset %d, before %d"
                                .formatted(end.getKey().partition(), name, end.getValue(), offset),
                        "choose others with --partition, or say --before latest to delete all there is");
            }
        }
        return target;
    }

    private void delete(Admin admin, Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) throws Exception {
        var asked = new HashMap<TopicPartition, RecordsToDelete>();
        to.forEach((partition, offset) -> asked.put(partition, RecordsToDelete.beforeOffset(offset)));
        var answers = new TreeMap<TopicPartition, KafkaFuture<DeletedRecords>>(OffsetLookup.ORDER);
        answers.putAll(admin.deleteRecords(asked).lowWatermarks());
        var moved = new ArrayList<Moved>();
        Failure first = null;
        for (var answer : answers.entrySet()) {
            var partition = answer.getKey();
            try {
                long now = await(answer.getValue()).lowWatermark();
                moved.add(new Moved(partition.partition(), from.getOrDefault(partition, 0L), now));
            } catch (PolicyViolationException e) {
                if (first == null) first = onlyCompacted(e);
            } catch (ApiException e) {
                var why = "partition " + partition.partition() + " of " + name + ": " + Explain.said(e);
                if (first == null) first = new Failure(Exit.FAILED, why, null, e);
            }
        }
        if (first == null || !moved.isEmpty()) show(moved);
        if (first != null) throw first;
    }

    /// A topic of which the last record of every key is to be kept gives up none by age or place.
    private Failure onlyCompacted(PolicyViolationException refused) {
        return new Failure(
                Exit.FAILED,
                "the records of %s cannot be deleted: its cleanup.policy is compact, without delete".formatted(name),
                "send a record without a value for each key that is to go (--format json, \"value\":null); or allow it with:"
                        + " millrace config set cleanup.policy=compact,delete --topic " + name,
                refused);
    }

    private void show(List<Moved> moved) {
        if (json) {
            var list = moved.stream()
                    .map(one -> Json.object("partition", one.partition(), "from", one.from(), "to", one.to()))
                    .toList();
            print(Json.object("name", name, "partitions", list));
            return;
        }
        var table = new Table("PARTITION", "FROM", "TO");
        moved.forEach(one -> table.row(one.partition(), one.from(), one.to()));
        print(table);
    }
}
