package io.millrace.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.Controller;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerAnswer.PartitionsCreated;
import io.millrace.metadata.ControllerAnswer.Refused;
import io.millrace.metadata.ControllerAnswer.TopicsCreated;
import io.millrace.metadata.ControllerCommand;
import io.millrace.metadata.ControllerCommand.ConfigEntry;
import io.millrace.metadata.ControllerCommand.CreatePartitions;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.MorePartitions;
import io.millrace.metadata.ControllerCommand.NewTopic;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.metadata.Topic;
import io.millrace.model.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Method: one or two quorums over a simulated log that holds back, loses, and changes leaders when it
/// is told to.
class QuorumTest {

    private final HandLoop loop = new HandLoop();
    private final SimulatedMetadataLog.Agreement agreement = new SimulatedMetadataLog.Agreement(loop);
    private final SimulatedMetadataLog log = new SimulatedMetadataLog(agreement);

    @Test
    void aNewLogBeginsWithTheClustersId() throws Exception {
        var quorum = start(log, "one");
        assertEquals("one", quorum.image().clusterId());
        assertEquals(1, quorum.image().index());
        quorum.close();

        var again = start(new SimulatedMetadataLog(agreement), "one");
        assertEquals(1, again.image().index());
    }

    @Test
    void anotherClustersLogIsRefused() throws Exception {
        start(log, "one").close();
        var refused = assertThrows(IOException.class, () -> start(new SimulatedMetadataLog(agreement), "two"));
        assertEquals("the metadata log is that of cluster one, not of two", refused.getMessage());
    }

    @Test
    void aLogWithoutALeaderIsGivenUp() throws Exception {
        start(log, "one");
        var second = new SimulatedMetadataLog(agreement);
        var refused = assertThrows(
                IOException.class,
                () -> loop.whileBlocked(() -> Quorum.start(
                        second, new Controller(new AnyConfig()), "one", loop, new WallClock(), Duration.ofMillis(10))));
        assertEquals("the metadata log has no leader after 10 ms", refused.getMessage());
    }

    @Test
    void aLogOfANewerReleaseIsRefusedInWords() {
        agreement.append(new byte[] {99});
        agreement.append(new byte[64]);
        var refused = assertThrows(IOException.class, () -> start(log, "one"));
        assertTrue(String.valueOf(refused.getMessage()).contains("metadata log failed"), refused::toString);
    }

    @Test
    void anAnswerWaitsUntilItIsAgreedOnAndApplied() throws Exception {
        var quorum = withNode();
        agreement.hold();
        var answer = quorum.ask(create("orders"), loop);
        loop.turn();
        assertFalse(answer.isDone());
        assertTrue(quorum.image().topic("orders").isEmpty());

        agreement.release();
        assertEquals(Errors.NONE, code(loop.await(answer)));
        assertTrue(quorum.image().topic("orders").isPresent());
    }

    /// Loops have the image before they could pass the answer on: the client's next question finds it.
    @Test
    void theImageComesBeforeTheAnswer() throws Exception {
        var quorum = withNode();
        var image = quorum.after(quorum.image().index(), loop);
        var isThere = new ArrayList<Boolean>();
        loop.await(quorum.ask(create("orders"), loop).map(answer -> isThere.add(image.isDone())));
        assertEquals(List.of(true), isThere);
    }

    @Test
    void aRefusalWaitsForWhatItRestsOn() throws Exception {
        var quorum = withNode();
        agreement.hold();
        var first = quorum.ask(create("orders"), loop);
        var second = quorum.ask(create("orders"), loop);
        loop.turn();
        assertFalse(second.isDone());
        agreement.release();
        assertEquals(Errors.NONE, code(loop.await(first)));
        assertEquals(Errors.TOPIC_ALREADY_EXISTS, code(loop.await(second)));
    }

    @Test
    void aCommandIsDecidedOnWhatIsUnderWay() throws Exception {
        var quorum = withNode();
        agreement.hold();
        var made = quorum.ask(create("orders"), loop);
        var grown = quorum.ask(new CreatePartitions(List.of(new MorePartitions("orders", 9, null)), 0, false), loop);
        loop.turn();
        agreement.release();
        assertEquals(Errors.NONE, code(loop.await(made)));
        var answer = assertInstanceOf(PartitionsCreated.class, loop.await(grown));
        assertEquals(Errors.NONE, answer.topics().get(0).code());
        assertEquals(
                9, quorum.image().topic("orders").orElseThrow().partitions().size());
    }

    @Test
    void whatWasDecidedOnALostEntryDoesNotCount() throws Exception {
        var quorum = withNode();
        agreement.hold();
        var lost = quorum.ask(create("lost"), loop);
        var onIt = quorum.ask(create("later"), loop);
        loop.turn();
        agreement.loseNext(1);
        agreement.release();
        assertEquals(Errors.NOT_CONTROLLER, code(loop.await(lost)));
        assertEquals(Errors.NOT_CONTROLLER, code(loop.await(onIt)));
        assertTrue(quorum.image().topics().isEmpty());

        assertEquals(Errors.NONE, code(loop.await(quorum.ask(create("fine"), loop))));
        assertEquals(List.of("fine"), names(quorum));
    }

    @Test
    void whoDoesNotLeadRefuses() throws Exception {
        var quorum = withNode();
        agreement.hold();
        var waiting = quorum.ask(create("orders"), loop);
        loop.turn();
        agreement.stepDown();
        assertEquals(Errors.NOT_CONTROLLER, code(loop.await(waiting)));
        assertEquals(Errors.NOT_CONTROLLER, code(loop.await(quorum.ask(create("orders"), loop))));

        agreement.release();
        agreement.elect(log);
        loop.turn();
        assertEquals(Errors.NONE, code(loop.await(quorum.ask(create("orders"), loop))));
    }

    @Test
    void anotherNodeGoesOnWithTheSameImage() throws Exception {
        var quorum = withNode();
        var log2 = new SimulatedMetadataLog(agreement);
        var second = Quorum.open(log2, new Controller(new AnyConfig()), "one", loop, new WallClock());
        loop.await(quorum.ask(create("orders"), loop));
        agreement.elect(log2);
        loop.turn();
        assertEquals(Errors.NOT_CONTROLLER, code(loop.await(quorum.ask(create("bills"), loop))));
        assertEquals(Errors.NONE, code(loop.await(second.ask(create("bills"), loop))));
        loop.turn();
        assertEquals(second.image().index(), quorum.image().index());
        assertEquals(second.image().hash(), quorum.image().hash());
        assertEquals(List.of("bills", "orders"), names(quorum));
    }

    @Test
    void aRestartFromASnapshotGivesTheSameImage() throws Exception {
        var quorum = withNode();
        for (int i = 0; i < 10; i++) loop.await(quorum.ask(create("topic-" + i), loop));
        loop.turn();
        agreement.compact(log);
        loop.await(quorum.ask(create("tail"), loop));
        var before = quorum.image();
        quorum.close();

        var again = start(new SimulatedMetadataLog(agreement), "one");
        assertEquals(before.index(), again.image().index());
        assertEquals(before.records(), again.image().records());
        assertEquals(Errors.NONE, code(loop.await(again.ask(create("more"), loop))));
    }

    @Test
    void whoWaitsForALaterImageGetsIt() throws Exception {
        var quorum = withNode();
        long now = quorum.image().index();
        assertTrue(quorum.after(now - 1, loop).isDone());
        var next = quorum.after(now, loop);
        var much = quorum.after(now + 1, loop);
        loop.turn();
        assertFalse(next.isDone());
        loop.await(quorum.ask(create("orders"), loop));
        assertEquals(now + 1, loop.await(next).index());
        assertFalse(much.isDone());
        loop.await(quorum.ask(create("bills"), loop));
        assertEquals(now + 2, loop.await(much).index());
    }

    @Test
    void aCrowdIsTurnedAway() throws Exception {
        var quorum = withNode();
        agreement.hold();
        var answers = IntStream.range(0, Quorum.MAX_WAITING + 1)
                .mapToObj(i -> quorum.ask(create("topic-" + i), loop))
                .toList();
        loop.turn();
        assertEquals(Errors.REQUEST_TIMED_OUT, code(answers.getLast().value()));
        assertFalse(answers.getFirst().isDone());
        agreement.release();
        assertEquals(Errors.NONE, code(loop.await(answers.get(Quorum.MAX_WAITING - 1))));
    }

    @Test
    void anEntryThatIsTooLongIsRefused() throws Exception {
        var quorum = withNode();
        var configs = List.of(new ConfigEntry("any", "x".repeat(32_000)));
        var topics = IntStream.range(0, 200)
                .mapToObj(i -> new NewTopic("topic-" + i, new Uuid(1, i), 1, 1, List.of(), configs))
                .toList();
        var refused = quorum.ask(new CreateTopics(topics, new TopicDefaults(1, 1), 0, false), loop);
        assertEquals(Errors.POLICY_VIOLATION, code(loop.await(refused)));
        assertEquals(Errors.NONE, code(loop.await(quorum.ask(create("small"), loop))));
    }

    @Test
    void closingRefusesWhoWaits() throws Exception {
        var quorum = withNode();
        agreement.hold();
        var waiting = quorum.ask(create("orders"), loop);
        loop.turn();
        quorum.close();
        assertEquals(Errors.NOT_CONTROLLER, code(loop.await(waiting)));
    }

    /// Two nodes, changing leaders, losses and delays: what was answered with success is there on both,
    /// everything else was to be tried again, no entry bends the image, and both have the same.
    @Test
    void whateverHappensAnswersAreTrue() throws Exception {
        for (int round = 0; round < 20; round++) whateverHappens(new Random().nextLong());
    }

    private void whateverHappens(long seed) throws Exception {
        var random = new Random(seed);
        var shared = new SimulatedMetadataLog.Agreement(loop);
        var logs = List.of(new SimulatedMetadataLog(shared), new SimulatedMetadataLog(shared));
        var quorums = new ArrayList<Quorum>();
        for (var one : logs) quorums.add(Quorum.open(one, new Controller(new AnyConfig()), "c", loop, new WallClock()));
        loop.turn();
        loop.await(quorums.get(0).ask(new RegisterNode(1, new Uuid(1, 1), "", List.of()), loop));
        var asked = new LinkedHashMap<String, Promise<ControllerAnswer>>();
        int leader = 0;
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(16)) {
                case 0, 1 -> shared.hold();
                case 2, 3 -> shared.release();
                case 4, 5 -> shared.loseNext(random.nextInt(4));
                case 6 -> {
                    leader = random.nextInt(2);
                    shared.elect(logs.get(leader));
                }
                case 7 -> shared.stepDown();
                case 8 -> loop.turn();
                default -> {
                    var name = "topic-" + step;
                    var whom = quorums.get(random.nextInt(5) == 0 ? 1 - leader : leader);
                    asked.put(name, whom.ask(create(name), loop));
                    var more = new MorePartitions(name, 3, null);
                    if (random.nextBoolean()) {
                        var _ = whom.ask(new CreatePartitions(List.of(more), 0, false), loop);
                    }
                }
            }
        }
        shared.release();
        shared.loseNext(0);
        shared.elect(logs.get(0));
        loop.turn();
        assertEquals(Errors.NONE, code(loop.await(quorums.get(0).ask(create("at-last"), loop))), () -> "seed " + seed);
        loop.turn();

        var one = quorums.get(0).image();
        var other = quorums.get(1).image();
        assertEquals(one.index(), other.index(), () -> "seed " + seed);
        assertEquals(one.hash(), other.hash(), () -> "seed " + seed);
        var there = new HashSet<>(names(quorums.get(0)));
        asked.forEach((name, answer) -> {
            var code = code(loop.await(answer));
            if (code == Errors.NONE) assertTrue(there.contains(name), () -> name + " is lost, seed " + seed);
            else assertEquals(Errors.NOT_CONTROLLER, code, () -> "seed " + seed);
        });
        quorums.forEach(Quorum::close);
    }

    private Quorum withNode() throws Exception {
        var quorum = start(log, "one");
        loop.await(quorum.ask(new RegisterNode(1, new Uuid(1, 1), "", List.of()), loop));
        return quorum;
    }

    private Quorum start(MetadataLog over, String cluster) throws Exception {
        return loop.whileBlocked(() -> Quorum.start(
                over, new Controller(new AnyConfig()), cluster, loop, new WallClock(), Duration.ofSeconds(20)));
    }

    static ControllerCommand create(String name) {
        var topic = new NewTopic(name, new Uuid(7, name.hashCode()), 1, 1, List.of(), List.of());
        return new CreateTopics(List.of(topic), new TopicDefaults(1, 1), 0, false);
    }

    private static Errors code(ControllerAnswer answer) {
        return switch (answer) {
            case Refused refused -> refused.code();
            case TopicsCreated(var topics) -> topics.get(0).code();
            default -> Errors.NONE;
        };
    }

    private static List<String> names(Quorum quorum) {
        return quorum.image().topics().stream().map(Topic::name).sorted().collect(Collectors.toList());
    }
}
