package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.model.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Look-ups over two loops; the client's connection is on loop 0.
class ListOffsetsHandlerTest {

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final int VERSION = 11;

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @SuppressWarnings("NullAway.Init")
    private Caller client;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, 2);
        client = new Caller(ground.loops.getFirst());
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private Promise<ListOffsetsResponseData> ask(long time, int... partitions) {
        var wanted = IntStream.of(partitions)
                .mapToObj(index -> new ListOffsetsPartition()
                        .setPartitionIndex(index)
                        .setTimestamp(time)
                        .setCurrentLeaderEpoch(-1))
                .toList();
        var request = new ListOffsetsRequestData()
                .setTopics(List.of(new ListOffsetsTopic().setName("orders").setPartitions(wanted)));
        var handler = new ListOffsetsHandler(
                new PartitionLookup(ground.shards),
                FileErrands.of(ground.hosting),
                ground.hosting.codecs().reader());
        return handler.handle(
                ground.call(ApiKeys.LIST_OFFSETS, VERSION, client, new Lent(ByteBuffer.allocate(0))), request);
    }

    private static List<String> told(Promise<ListOffsetsResponseData> answer) {
        return Calls.written(answer, VERSION).topics().getFirst().partitions().stream()
                .map(one -> Errors.forCode(one.errorCode()) + " " + one.offset())
                .toList();
    }

    @Test
    void theEndsAreToldAtOnce() {
        ground.createOrders(1);
        ground.append(0, 10, 10);
        assertEquals(List.of("NONE 2"), told(ask(LATEST, 0)));
        assertEquals(List.of("NONE 0"), told(ask(EARLIEST, 0)));
        assertEquals(List.of("INVALID_REQUEST -1", "INVALID_REQUEST -1"), told(ask(LATEST, 0, 0)));
        assertEquals(List.of("UNSUPPORTED_VERSION -1"), told(ask(-77, 0)));
    }

    @Test
    void timesAreLookedUpByFileThreadsTwoAtATime() {
        ground.createOrders(8);
        for (int partition = 0; partition < 8; partition++) ground.append(partition, 10);
        ground.clock.pass(1_000);
        for (int partition = 0; partition < 8; partition++) ground.append(partition, 10);
        ground.settle();

        var answer = ask(ground.clock.wallMs(), 0, 1, 2, 3, 4, 5, 6, 7);
        var more = ask(MAX_TIMESTAMP, 0, 1);
        ground.settleLoops();
        assertEquals(2, ground.files.waiting());
        ground.files.runAll();
        ground.settleLoops();
        assertEquals(2, ground.files.waiting());
        ground.settle();
        assertEquals(List.of("NONE 1"), told(answer).stream().distinct().toList());
        assertEquals(List.of("NONE 1", "NONE 1"), told(more));
    }

    @Test
    void whileTooMuchWaitsForTheDiskTheyAreAskedAgain() {
        ground.createOrders(2);
        ground.append(0, 10);
        ground.settle();
        ground.files.isFull = true;
        var answer = ask(0, 0, 1);
        ground.settle();
        ground.pass(10);
        ground.pass(10);
        assertFalse(answer.isDone());
        ground.files.isFull = false;
        ground.pass(10);
        assertEquals(List.of("NONE 0", "NONE -1"), told(answer));
    }

    @Test
    void aClientThatGoesAwayLeavesNoLookUpsBehind() {
        ground.createOrders(8);
        var answer = ask(0, 0, 1, 2, 3, 4, 5, 6, 7);
        ground.settleLoops();
        client.goAway();
        assertEquals(2, ground.files.waiting());
        assertEquals(2, ground.files.runAll());
        ground.settleLoops();
        assertEquals(0, ground.files.waiting());
        assertEquals("REQUEST_TIMED_OUT -1", told(answer).getLast(), "which nobody reads");
    }
}
