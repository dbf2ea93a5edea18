package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small forms: durations, sizes, addresses, tables, the nearest word.
class WordsTest {

    @ParameterizedTest
    @CsvSource({"500ms, 500", "10s, 10000", "7, 7000", "2m, 120000", "1h30m, 5400000", "1d, 86400000"})
    void durations(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), Durations.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "1x", "1.5s", "-1s", "1s ", "99999999999s"})
    void whatIsNoDurationIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1536, 1.5 KiB", "3435973837, 3.2 GiB"})
    void sizes(long bytes, String text) {
        assertEquals(text, Sizes.of(bytes));
    }

    @Test
    void addressesGetThePortOfKafkaWhenTheyNameNone() throws Failure {
        assertEquals(
                List.of("a:9092", "b:1", "127.0.0.1:9092", "[::1]:9092", "[::1]:7"),
                Connect.addresses("a, b:1,127.0.0.1,[::1],[::1]:7,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "a:b", "a:0", "a:70000", ":9092", "a:-1"})
    void whatIsNoAddressIsRefused(String text) {
        assertEquals(
                Exit.USAGE,
                assertThrows(Failure.class, () -> Connect.addresses(text)).exit());
    }

    @Test
    void theNearestWordIsOfferedAndNothingFar() {
        var words = List.of("retention.ms", "retention.bytes", "cleanup.policy");
        assertEquals(Optional.of("retention.ms"), Nearest.to("retention.mss", words));
        assertEquals(Optional.of("cleanup.policy"), Nearest.to("clenup.polcy", words));
        assertEquals(Optional.empty(), Nearest.to("compression", words));
        assertEquals(3, Nearest.edits("kitten", "sitting"));
    }

    @Test
    void numbersStandRightWordsLeftAndNothingTrails() {
        var table = new Table("TOPIC", "COUNT", "LEADER");
        table.row("orders", 12, null).row("b", 1_000_000, 1);
        assertEquals("""
                TOPIC     COUNT  LEADER
                orders       12       -
                b       1000000       1
                """, printed(table, false));
        assertEquals(
                "\u001b[1mTOPIC     COUNT  LEADER\u001b[0m",
                printed(table, true).lines().findFirst().orElse(""));
    }

    private static String printed(Table table, boolean style) {
        var bytes = new ByteArrayOutputStream();
        var out = new Out(bytes);
        table.print(out, style);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTimestampIsAlwaysAsLong() {
        assertEquals("2023-11-14T22:13:20.000Z", Times.utc(1_700_000_000_000L));
        assertEquals("-", Times.utc(-1));
    }

    @Test
    void aPaceIsCountedFromTheFirstRecord() {
        var pace = new Pace(200);
        assertEquals(0, pace.dueNs(0));
        assertEquals(5_000_000, pace.dueNs(1));
        assertEquals(1_000_000_000, pace.dueNs(200));
    }
}
