package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// A consumer comes to records that are damaged: the user reads which, and how to go on behind them.
class DamageMetTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders-eu", 3);
    private static final long END = 1000;

    /// A partition of 1000 records, some of which a broker does not serve.
    private static final class Damaged extends MockConsumer<byte[], byte[]> {

        private final long first;
        private final long end;
        private final String words;
        private int asked;

        Damaged(long first, long end, String words) {
            super("earliest");
            this.first = first;
            this.end = end;
            this.words = words;
            updateBeginningOffsets(Map.of(ORDERS, 0L));
            updateEndOffsets(Map.of(ORDERS, END));
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            asked++;
            long at = position(ORDERS);
            if (first <= at && at < end) throw new KafkaException(words.formatted(at));
            addRecord(new ConsumerRecord<>(ORDERS.topic(), ORDERS.partition(), at, new byte[0], "v".getBytes(UTF_8)));
            return super.poll(timeout);
        }
    }

    private static final String REFUSED =
            "Encountered corrupt message when fetching offset %d for topic-partition orders-eu-3";

    private static OptionalLong search(Damaged consumer) {
        return new DamageSearch(consumer, ORDERS, Duration.ofMinutes(1)).readableAfter(consumer.first);
    }

    @Test
    void theEndOfTheDamageIsFoundByAskingFewOffsets() {
        for (long end : new long[] {101, 102, 103, 107, 108, 109, 140, 999}) {
            try (var consumer = new Damaged(100, end, REFUSED)) {
                assertEquals(OptionalLong.of(end), search(consumer));
                assertTrue(consumer.asked <= 20, end + ": " + consumer.asked);
            }
        }
    }

    @Test
    void damageUpToTheEndOfThePartitionEndsThere() {
        try (var consumer = new Damaged(100, END, REFUSED)) {
            assertEquals(OptionalLong.of(END), search(consumer));
        }
        try (var consumer = new Damaged(END - 1, END, REFUSED)) {
            assertEquals(OptionalLong.of(END), search(consumer));
        }
    }

    @Test
    void whoCannotLookSaysTheNextOffset() {
        try (var consumer = new Damaged(100, 140, "Unexpected error code 56 while fetching at offset %d")) {
            assertEquals(OptionalLong.empty(), search(consumer));
        }
        var met = new DamageMet(ORDERS, 100, new KafkaException(REFUSED.formatted(100)));
        var failure = met.unreadable(OptionalLong.empty()).failure(null, met.thrown());
        assertEquals("millrace consume orders-eu --partition 3 --from 101", hint(failure));
    }

    @Test
    void theUserReadsWhichOffsetsAndHowToGoOn() {
        var met = new DamageMet(ORDERS, 100, new KafkaException(REFUSED.formatted(100)));
        var unreadable = met.unreadable(OptionalLong.of(140));
        var failure = unreadable.failure(null, met.thrown());
        assertEquals(
                "offsets 100 to 139 of orders-eu, partition 3, cannot be read: damaged on the broker's disk, and in"
                        + " quarantine there; some of those between may be readable: `millrace log verify` says which",
                failure.getMessage());
        assertEquals(Exit.FAILED, failure.exit());
        assertEquals("millrace consume orders-eu --partition 3 --from 140", hint(failure));
        assertEquals(
                "millrace group reset-offsets billing --topic orders-eu --partition 3 --to 140 --execute",
                hint(unreadable.failure("billing", met.thrown())));
    }

    /// Of up to three the search has tried every one.
    @Test
    void fewOffsetsHaveNothingBetweenThem() {
        var met = new DamageMet(ORDERS, 100, new KafkaException(REFUSED.formatted(100)));
        for (long end : new long[] {101, 102, 103}) {
            var failure = met.unreadable(OptionalLong.of(end)).failure(null, met.thrown());
            var said = Objects.requireNonNull(failure.getMessage());
            assertTrue(said.endsWith("in quarantine there"), said);
        }
    }

    /// What only the client cannot read may be what a producer sent.
    @Test
    void whatTheBrokerServesIsNotSaidToBeDamagedThere() {
        var words = "Received exception when fetching the next record from orders-eu-3. If needed, please seek past";
        var invalid = "Record batch for partition orders-eu-3 at offset 5 is invalid, cause: Record is corrupt";
        assertEquals(
                "offset 5 of orders-eu, partition 3, cannot be read: unknown codec",
                said(new KafkaException(words, new IllegalArgumentException("unknown codec"))));
        assertEquals(
                "offset 5 of orders-eu, partition 3, cannot be read: " + invalid, said(new KafkaException(invalid)));
    }

    private static String said(KafkaException thrown) {
        var met = new DamageMet(ORDERS, 5, thrown);
        var failure = met.unreadable(OptionalLong.of(6)).failure(null, thrown);
        return Objects.requireNonNull(failure.getMessage());
    }

    private static String hint(Failure failure) {
        var hint = Objects.requireNonNull(failure.hint());
        return hint.substring(hint.indexOf("millrace"));
    }

    /// What the client finds damaged itself is not known to be in quarantine.
    @Test
    void everyWayToMeetDamageIsKnown() {
        for (var words : new String[] {
            REFUSED,
            "Record batch for partition orders-eu-3 at offset %d is invalid, cause: Record is corrupt",
            "Record for partition orders-eu-3 at offset %d is invalid, cause: Record is corrupt",
            "Received exception when fetching the next record from orders-eu-3. If needed, please seek past the record"
                    + " to continue consumption. (%d)"
        }) {
            var out = new ByteArrayOutputStream();
            try (var consumer = new Damaged(5, 9, words)) {
                var met = assertThrows(
                        DamageMet.class,
                        () -> reading(consumer, out).assigned(Map.of(ORDERS, 2L), Map.of(ORDERS, END)));
                assertEquals(ORDERS, met.partition());
                assertEquals(5, met.offset());
                assertEquals("v\nv\nv\n", out.toString(UTF_8));
                assertEquals(
                        words.equals(REFUSED),
                        met.unreadable(OptionalLong.empty()).isKnownThere());
            }
        }
        try (var consumer = new Damaged(0, 9, "something else at %d")) {
            var reading = reading(consumer, new ByteArrayOutputStream());
            assertThrows(KafkaException.class, () -> reading.assigned(Map.of(ORDERS, 0L), Map.of(ORDERS, END)));
        }
    }

    private static Reading reading(Damaged consumer, ByteArrayOutputStream out) {
        var printer = new RecordPrinter(new Format.Plain(Codec.TEXT), false, false, false, "\n", new Out(out));
        return new Reading(consumer, printer, Long.MAX_VALUE, new Stop(consumer));
    }
}
