package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTest {

    private static final long NOW_MS = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();
    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);

    /// Partition 0 holds offsets 5 to 99, partition 1 is empty at 7.
    private final OffsetLookup lookup = new OffsetLookup() {
        @Override
        public Map<TopicPartition, Long> earliest(Set<TopicPartition> partitions) {
            return Map.of(P0, 5L, P1, 7L);
        }

        @Override
        public Map<TopicPartition, Long> latest(Set<TopicPartition> partitions) {
            return Map.of(P0, 100L, P1, 7L);
        }

        @Override
        public Map<TopicPartition, Long> since(Set<TopicPartition> partitions, long timestampMs) {
            return Map.of(P0, 42L);
        }
    };

    @Test
    void wordsAndNumbersNameAPlace() throws Failure {
        assertEquals(new Place.Earliest(), Place.parse("earliest", NOW_MS));
        assertEquals(new Place.Latest(), Place.parse("latest", NOW_MS));
        assertEquals(new Place.At(1200), Place.parse("1200", NOW_MS));
        assertEquals(new Place.Last(10), Place.parse("-10", NOW_MS));
        assertEquals(new Place.Since(17), Place.parse("@17", NOW_MS));
    }

    @ParameterizedTest
    @CsvSource({
        "-1h, 2026-11-21T11:00:00Z",
        "-1h30m, 2026-11-21T10:30:00Z",
        "-2d, 2026-11-19T12:00:00Z",
        "2026-11-20, 2026-11-20T00:00:00Z",
        "2026-11-20T08:15, 2026-11-20T08:15:00Z",
        "2026-11-20T08:15:30.250, 2026-11-20T08:15:30.250Z",
        "2026-11-20T08:15:30+02:00, 2026-11-20T06:15:30Z",
        "2026-11-20T08:15:30Z, 2026-11-20T08:15:30Z",
    })
    void timesNameAPlace(String text, String instant) throws Failure {
        assertEquals(new Place.Since(Instant.parse(instant).toEpochMilli()), Place.parse(text, NOW_MS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "first", "-", "-0", "--1", "1.5", "-1x", "2026-13-01", "@", "@x", "-99999999999999999999"})
    void anythingElseIsRefusedWithTheChoices(String text) {
        var failure = assertThrows(Failure.class, () -> Place.parse(text, NOW_MS));
        assertEquals(Exit.USAGE, failure.exit());
    }

    @Test
    void aPlaceStaysWithinWhatAPartitionHolds() throws Exception {
        var both = Set.of(P0, P1);
        assertEquals(Map.of(P0, 5L, P1, 7L), new Place.Earliest().in(both, lookup));
        assertEquals(Map.of(P0, 100L, P1, 7L), new Place.Latest().in(both, lookup));
        assertEquals(Map.of(P0, 50L, P1, 7L), new Place.At(50).in(both, lookup));
        assertEquals(Map.of(P0, 5L, P1, 7L), new Place.At(0).in(both, lookup));
        assertEquals(Map.of(P0, 100L, P1, 7L), new Place.At(5000).in(both, lookup));
        assertEquals(Map.of(P0, 90L, P1, 7L), new Place.Last(10).in(both, lookup));
        assertEquals(Map.of(P0, 5L, P1, 7L), new Place.Last(Long.MAX_VALUE).in(both, lookup));
    }

    @Test
    void aTimeAfterTheLastRecordIsTheEnd() throws Exception {
        assertEquals(Map.of(P0, 42L, P1, 7L), new Place.Since(1).in(Set.of(P0, P1), lookup));
    }
}
