package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.broker.FetchHandler.Kept;
import io.millrace.disk.FileSlice;
import io.millrace.wire.PlacedRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sessions of readers who do not wait, with room for two sessions and five positions.
class FetchHandlerTest {

    private static final int NONE = 0;

    @TempDir
    Path dir;

    @SuppressWarnings("NullAway.Init")
    private Ground ground;

    @SuppressWarnings("NullAway.Init")
    private FetchHandler handler;

    @BeforeEach
    void begin() throws IOException {
        ground = new Ground(dir, 1);
        ground.createOrders(6);
        var cold = new ColdReads(FileErrands.of(ground.hosting));
        handler = new FetchHandler(ground.shards, cold, ground.clock, 1 << 20, new Kept(2, 5), new Random(1));
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private FetchResponseData fetch(int session, int epoch, int first, int count) {
        var partitions = IntStream.range(first, first + count)
                .mapToObj(index -> new FetchPartition().setPartition(index).setPartitionMaxBytes(1 << 20))
                .toList();
        var request = new FetchRequestData()
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(new FetchTopic().setTopicId(Ground.ORDERS).setPartitions(partitions)));
        var caller = new Caller(ground.loops.getFirst());
        var call = ground.call(ApiKeys.FETCH, 18, caller, new Lent(ByteBuffer.allocate(0)));
        var answer = handler.handle(call, request).value();
        letGo(answer);
        return answer;
    }

    /// As if it had been sent.
    private static void letGo(FetchResponseData answer) {
        for (var topic : answer.responses()) {
            for (var partition : topic.partitions()) {
                if (partition.records() instanceof PlacedRecords placed) ((FileSlice) placed.place()).release();
            }
        }
    }

    private static List<Integer> partitions(FetchResponseData answer) {
        return answer.responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(one -> one.partitionIndex())
                .toList();
    }

    @Test
    void aSessionTellsOnlyWhatIsNew() {
        var first = fetch(NONE, 0, 0, 2);
        assertNotEquals(NONE, first.sessionId());
        assertEquals(List.of(0, 1), partitions(first));
        assertEquals(List.of(), partitions(fetch(first.sessionId(), 1, 0, 0)));
        assertEquals(List.of(2), partitions(fetch(first.sessionId(), 2, 2, 1)));
        ground.append(1, 10);
        assertEquals(List.of(1), partitions(fetch(first.sessionId(), 3, 0, 0)));
        assertEquals(
                Errors.INVALID_FETCH_SESSION_EPOCH.code(),
                fetch(first.sessionId(), 9, 0, 0).errorCode());
    }

    @Test
    void aReaderForWhomThereIsNoRoomFetchesWithoutASession() {
        assertNotEquals(NONE, fetch(NONE, 0, 0, 3).sessionId());
        var answer = fetch(NONE, 0, 0, 3);
        assertEquals(NONE, answer.sessionId());
        assertEquals(Errors.NONE.code(), answer.errorCode());
        assertEquals(List.of(0, 1, 2), partitions(answer));
    }

    @Test
    void aSessionThatGrowsTooLargeIsNotKnownAnyMore() {
        int session = fetch(NONE, 0, 0, 3).sessionId();
        assertEquals(
                Errors.FETCH_SESSION_ID_NOT_FOUND.code(),
                fetch(session, 1, 3, 3).errorCode());
        assertEquals(
                Errors.FETCH_SESSION_ID_NOT_FOUND.code(),
                fetch(session, 2, 0, 0).errorCode());
        var whole = fetch(NONE, 0, 0, 6);
        assertEquals(NONE, whole.sessionId());
        assertEquals(6, partitions(whole).size());
    }

    @Test
    void aWholeFetchEndsItsSession() {
        int session = fetch(NONE, 0, 0, 5).sessionId();
        assertEquals(List.of(0), partitions(fetch(session, -1, 0, 1)));
        assertTrue(fetch(NONE, 0, 0, 5).sessionId() != NONE, "there is room again");
    }
}
