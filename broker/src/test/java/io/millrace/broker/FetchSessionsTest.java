package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.junit.jupiter.api.Test;

/// Room for three sessions and ten positions.
class FetchSessionsTest {

    private final FetchSessions sessions = new FetchSessions(3, 10, new Random(1));

    /// A request for so many partitions, from this one on.
    private static FetchRequestData wants(int first, int count) {
        var partitions = IntStream.range(first, first + count)
                .mapToObj(index -> new FetchPartition().setPartition(index))
                .toList();
        return new FetchRequestData()
                .setTopics(List.of(new FetchTopic().setTopicId(Uuid.ONE_UUID).setPartitions(partitions)));
    }

    private FetchSession open(int positions, long atSeconds) {
        return Objects.requireNonNull(tryToOpen(positions, atSeconds));
    }

    private @org.jspecify.annotations.Nullable FetchSession tryToOpen(int positions, long atSeconds) {
        return sessions.open(wants(0, positions), true, seconds(atSeconds));
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void whatIsUnusedForTwoMinutesMakesWay() {
        var first = open(2, 0);
        var second = open(2, 10);
        open(2, 20);
        assertNull(tryToOpen(1, 119));
        assertTrue(sessions.update(first, new FetchRequestData(), seconds(119)));
        assertNotNull(tryToOpen(1, 130));
        assertNull(sessions.get(second.id()));
        assertNotNull(sessions.get(first.id()));
        assertEquals(5, sessions.positions());
    }

    @Test
    void anOldSessionMakesWayForALargerOne() {
        var small = open(2, 0);
        var large = open(4, 0);
        open(1, 100);
        for (var used : List.of(small, large)) sessions.update(used, new FetchRequestData(), seconds(110));
        assertNull(tryToOpen(2, 130), "no larger than the smallest that is old enough");
        assertNotNull(tryToOpen(3, 130));
        assertNull(sessions.get(small.id()));
        assertNotNull(sessions.get(large.id()));
    }

    @Test
    void positionsHaveALimitToo() {
        var first = open(6, 0);
        assertNull(tryToOpen(5, 100));
        assertNotNull(tryToOpen(4, 100));
        assertNull(tryToOpen(11, 1000), "more than there is room for at all");
        assertNotNull(tryToOpen(5, 130), "the first was not used for long");
        assertNull(sessions.get(first.id()));
        assertEquals(9, sessions.positions());
    }

    @Test
    void aSessionThatGrowsBeyondTheLimitEnds() {
        var one = open(4, 0);
        var other = open(4, 0);
        assertTrue(sessions.update(one, wants(4, 2), seconds(1)));
        assertFalse(sessions.update(one, wants(6, 1), seconds(2)));
        assertNull(sessions.get(one.id()));
        assertEquals(4, sessions.positions());
        assertTrue(sessions.update(other, wants(4, 6), seconds(3)));
        assertEquals(10, sessions.positions());
    }

    @Test
    void endlessNamesCountForMore() {
        var endless = new FetchTopic()
                .setTopic("x".repeat(2_500))
                .setPartitions(List.of(new FetchPartition().setPartition(0)));
        assertNull(sessions.open(new FetchRequestData().setTopics(List.of(endless)), false, 0));
        assertNotNull(sessions.open(
                new FetchRequestData().setTopics(List.of(endless.setTopic("x".repeat(249)))), false, 0));
    }

    @Test
    void whatIsRemovedIsForgottenOnce() {
        var first = open(6, 0);
        sessions.remove(first.id());
        sessions.remove(first.id());
        assertEquals(0, sessions.positions());
    }
}
