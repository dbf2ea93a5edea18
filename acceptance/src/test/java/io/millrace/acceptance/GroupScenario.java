package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.acceptance.client.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Consumer groups of member processes that come, go and are killed. They mostly wait, so they do it together.
@ExtendWith(SharedBroker.class)
@Execution(ExecutionMode.CONCURRENT)
class GroupScenario {

    private static final int PARTITIONS = 6;
    private static final String SESSION_MS = "6000";

    /// One member owns all; a second joins and they share; the second is killed and the first has all again, after
    /// the session timeout and with nothing lost: every record is seen, and after the last commit of the dead none
    /// twice.
    @ParameterizedTest
    @CsvSource({
        "Range, V2_1, V4_4",
        "Range, V4_4, V4_4",
        "RoundRobin, V2_8, V2_1",
        "RoundRobin, V4_4, V4_4",
        "Sticky, V2_8, V4_4",
        "Sticky, V4_4, V4_4",
        "CooperativeSticky, V2_8, V2_8",
        "CooperativeSticky, V4_4, V4_4"
    })
    void aMemberJoinsAndIsKilled(String assignor, JavaClient first, JavaClient second, BrokerProcess broker) {
        var topic = Topics.create(broker, "shared", PARTITIONS);
        var group = Topics.name("sharers");
        try (var a = member(first, broker, topic, group, assignor, Map.of())) {
            a.awaitLines("all partitions", _ -> owned(a).size() == PARTITIONS);
            produce(broker, topic, 0, 300);

            try (var b = member(second, broker, topic, group, assignor, Map.of())) {
                b.awaitLines("half of the partitions", _ -> owned(b).size() == PARTITIONS / 2);
                a.awaitLines("the other half", _ -> owned(a).size() == PARTITIONS / 2);
                assertEquals(all(), union(owned(a), owned(b)));
                if (assignor.startsWith("Cooperative")) assertKeptHalf(a);
                produce(broker, topic, 300, 300);
                a.awaitLines("records of its half", _ -> seqs(a, b).size() == 600);
                b.awaitLines("a commit", _ -> !b.lines("committed").isEmpty());

                b.kill9();
                a.awaitLines("all partitions again", _ -> owned(a).equals(all()));
                produce(broker, topic, 600, 300);
                a.awaitLines("what came after", _ -> seqs(a, b).size() == 900);
                a.say("close");
                a.succeeds();

                assertSeen(a, b, 900);
            }
        }
    }

    /// A static member that comes back within its session finds its partitions; nobody else notices.
    @ParameterizedTest
    @CsvSource({"V2_8", "V4_4"})
    void aStaticMemberComesBackUnnoticed(JavaClient client, BrokerProcess broker) {
        var topic = Topics.create(broker, "static", PARTITIONS);
        var group = Topics.name("statics");
        try (var a = member(client, broker, topic, group, "Range", instance("a"))) {
            a.awaitLine("owns");
            Set<Integer> ofB;
            int noticed;
            try (var b = member(client, broker, topic, group, "Range", instance("b"))) {
                b.awaitLines("half of the partitions", _ -> owned(b).size() == PARTITIONS / 2);
                a.awaitLines("the other half", _ -> owned(a).size() == PARTITIONS / 2);
                ofB = owned(b);
                noticed = a.lines("assigned").size();
                b.kill9();
            }
            try (var again = member(client, broker, topic, group, "Range", instance("b"))) {
                again.awaitLines("its old partitions", _ -> owned(again).equals(ofB));
                produce(broker, topic, 0, 300);
                a.awaitLines("records of both", _ -> seqs(a, again).size() == 300);
                assertEquals(noticed, a.lines("assigned").size());
            }
        }
    }

    /// Two processes with one instance id: the later one has it, the earlier one is fenced and ends.
    @Test
    void aSecondProcessWithTheSameInstanceFencesTheFirst(BrokerProcess broker) {
        var topic = Topics.create(broker, "fenced", 2);
        var group = Topics.name("fenced");
        try (var first = member(JavaClient.V4_4, broker, topic, group, "Range", instance("one"))) {
            first.awaitLine("owns");
            try (var second = member(JavaClient.V4_4, broker, topic, group, "Range", instance("one"))) {
                first.awaitLine("failed");
                assertEquals(List.of("FencedInstanceIdException"), first.lines("failed"));
                second.awaitLines("all partitions", _ -> owned(second).size() == 2);
            }
        }
    }

    private static Child member(
            JavaClient client,
            BrokerProcess broker,
            String topic,
            String group,
            String assignor,
            Map<String, String> more) {
        var settings = new TreeMap<>(Map.of(
                "topic",
                topic,
                "group",
                group,
                "commit",
                "each",
                "client.session.timeout.ms",
                SESSION_MS,
                "client.heartbeat.interval.ms",
                "500",
                "client.metadata.max.age.ms",
                "5000",
                "client.partition.assignment.strategy",
                "org.apache.kafka.clients.consumer." + assignor + "Assignor"));
        settings.putAll(more);
        return client.start("ConsumeProgram", broker, settings);
    }

    private static Map<String, String> instance(String id) {
        return Map.of("client.group.instance.id", id, "client.session.timeout.ms", "30000");
    }

    /// By a producer in this very process: it is not what is tried here.
    private static void produce(BrokerProcess broker, String topic, int from, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", "5");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int seq = from; seq < from + count; seq++) {
                var _ = producer.send(Payload.record(topic, seq, "none", 60, 100, false));
            }
        }
    }

    private static Set<Integer> owned(Child member) {
        var all = member.lines("owns");
        return all.isEmpty() ? Set.of() : numbers(all.getLast());
    }

    private static Set<Integer> numbers(String line) {
        var numbers = new TreeSet<Integer>();
        if (line.equals("-")) return numbers;
        for (var number : line.split(",", -1)) numbers.add(Integer.valueOf(number));
        return numbers;
    }

    private static Set<Integer> all() {
        var all = new TreeSet<Integer>();
        for (int partition = 0; partition < PARTITIONS; partition++) all.add(partition);
        return all;
    }

    private static Set<Integer> union(Set<Integer> one, Set<Integer> other) {
        var both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }

    private static Set<Integer> seqs(Child... members) {
        var seqs = new TreeSet<Integer>();
        for (var member : members) Seen.by(member).forEach(seen -> seqs.add(seen.seq()));
        return seqs;
    }

    /// Cooperative members give up only what moves: the first never lost the half that it kept.
    private static void assertKeptHalf(Child member) {
        var revoked = new TreeSet<Integer>();
        member.lines("revoked").forEach(line -> revoked.addAll(numbers(line)));
        assertEquals(PARTITIONS / 2, revoked.size(), "revoked " + revoked);
    }

    /// All numbers came; what came twice had not been committed by whoever saw it first.
    private static void assertSeen(Child survivor, Child dead, int count) {
        var both = new ArrayList<>(Seen.by(survivor));
        both.addAll(Seen.by(dead));
        Seen.assertWhole(both);
        assertEquals(count, seqs(survivor, dead).size());
        var committed = new TreeMap<Integer, Long>();
        for (var line : dead.lines("committed")) {
            for (var pair : line.split(",", -1)) {
                var parts = pair.split("=", -1);
                committed.merge(Integer.valueOf(parts[0]), Long.valueOf(parts[1]), Math::max);
            }
        }
        var seenByDead = Seen.by(dead).stream().map(Seen::seq).toList();
        for (var seen : Seen.by(survivor)) {
            if (!seenByDead.contains(seen.seq())) continue;
            long end = committed.getOrDefault(seen.partition(), 0L);
            assertTrue(seen.offset() >= end, seen + " came again though committed up to " + end);
        }
    }
}
