package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `produce` reads and `consume` prints.
class RecordFormsTest {

    private static final long TIME_MS = 1_700_000_000_000L;

    @Test
    void aLineIsAValueByteForByte() {
        byte[] odd = {'a', '\r', (byte) 0xff, 0};
        var record = parser("text", null, "k").line(odd);
        assertArrayEquals(odd, record.value());
        assertEquals("k", text(record.key()));
    }

    @Test
    void aSeparatorEndsTheKeyAtItsFirstPlace() {
        var record = parser("text", "::", null).line("a::b::c".getBytes(UTF_8));
        assertEquals("a", text(record.key()));
        assertEquals("b::c", text(record.value()));
        var missing = assertThrows(
                IllegalArgumentException.class, () -> parser("text", "::", null).line("abc".getBytes(UTF_8)));
        assertEquals("no '::' between key and value", missing.getMessage());
    }

    @Test
    void hexAndBase64StandForBytes() {
        assertArrayEquals(
                new byte[] {1, -1},
                parser("hex", null, null).line("01fF".getBytes(UTF_8)).value());
        assertArrayEquals(
                new byte[] {1, -1},
                parser("base64", null, null).line("Af8=".getBytes(UTF_8)).value());
        assertThrows(
                IllegalArgumentException.class, () -> parser("hex", null, null).line("0".getBytes(UTF_8)));
        assertThrows(
                IllegalArgumentException.class,
                () -> parser("base64", null, null).line("*".getBytes(UTF_8)));
    }

    @Test
    void jsonSaysEverythingOfARecord() {
        var record = json("""
                {"key":"k","value":{"n":[1,2.5]},"partition":3,"timestamp":1700000000000,\
                "headers":[{"key":"h","value":"1"},{"key":"h","value":null},{"key":"b","valueBase64":"/w=="}]}""");
        assertEquals("k", text(record.key()));
        assertEquals("{\"n\":[1,2.5]}", text(record.value()));
        assertEquals(3, record.partition());
        assertEquals(TIME_MS, record.timestamp());
        var headers = record.headers().toArray();
        assertEquals(List.of("h", "h", "b"), List.of(headers[0].key(), headers[1].key(), headers[2].key()));
        assertNull(headers[1].value());
        assertArrayEquals(new byte[] {-1}, headers[2].value());
    }

    @Test
    void jsonMayBeShort() {
        assertNull(json("{\"value\":null}").value());
        assertEquals("5", text(json("{\"value\":5}").value()));
        assertEquals(
                "1",
                text(json("{\"value\":\"x\",\"headers\":{\"a\":\"1\"}}")
                        .headers()
                        .toArray()[0]
                        .value()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{\"value\":1",
                "{\"value\":1}{}",
                "{\"value\":1,\"valeu\":2}",
                "{\"value\":1,\"partition\":\"x\"}",
                "{\"value\":1,\"partition\":-1}",
                "{\"value\":1,\"timestamp\":-5}",
                "{\"value\":1,\"timestamp\":1.5}",
                "{\"value\":1,\"headers\":5}",
                "{\"value\":1,\"headers\":[5]}",
                "{\"value\":1,\"headers\":[{}]}",
                "{\"valueBase64\":\"?\"}",
                "{\"valueBase64\":{}}"
            })
    void jsonThatSaysNothingUsefulIsRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> json(line));
    }

    @Test
    void anyBytesAreARecordOrRefused() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var alphabet = "{}[]\":,value keyhdrs0123nul\\u\u00e9".getBytes(UTF_8);
        for (int i = 0; i < 5_000; i++) {
            var line = new byte[random.nextInt(60)];
            for (int b = 0; b < line.length; b++) line[b] = alphabet[random.nextInt(alphabet.length)];
            try {
                parser("json", null, null).line(line);
            } catch (IllegalArgumentException refused) {
                assertTrue(refused.getMessage() != null, "seed " + seed);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", line " + new String(line, UTF_8), e);
            }
        }
    }

    @Test
    void whatIsPrintedAsJsonIsReadBackAsTheSameRecord() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var key = bytes(random);
            var value = bytes(random);
            var header = bytes(random);
            var printed = printed(record(key, value, new RecordHeader("h", header)), "json", false, "\n");
            var read = json(printed);
            assertArrayEquals(key, read.key(), "seed " + seed);
            assertArrayEquals(value, read.value(), "seed " + seed);
            assertArrayEquals(header, read.headers().lastHeader("h").value(), "seed " + seed);
            assertEquals(TIME_MS, read.timestamp());
        }
    }

    private static byte @Nullable [] bytes(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> ("t\u00e9xt \"" + random.nextInt() + "\n\u20ac").getBytes(UTF_8);
            default -> {
                var bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield bytes;
            }
        };
    }

    @Test
    void columnsStandBeforeTheValue() {
        var record = record("k".getBytes(UTF_8), null, new RecordHeader("a", "1".getBytes(UTF_8)));
        assertEquals("2023-11-14T22:13:20.000Z\ta=1\tk\tnull\n", printed(record, "text", true, "\n"));
        assertEquals("2023-11-14T22:13:20.000Z\ta=31\t6b\tnull|", printed(record, "hex", true, "|"));
        assertEquals("null\n", printed(record, "text", false, "\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "'%t/%p:%o %k=%v', 'orders/2:7 k=v'",
        "'%T %D [%h] %%', '1700000000000 2023-11-14T22:13:20.000Z [a=1] %'",
        "'%v\\t\\\\', 'v\t\\'",
    })
    void aTemplateIsFilledIn(String template, String line) {
        var record = record("k".getBytes(UTF_8), "v".getBytes(UTF_8), new RecordHeader("a", "1".getBytes(UTF_8)));
        assertEquals(line, printed(record, template, false, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%x", "%", "%v\\", "%v\\q", "jsno", "csv", ""})
    void formatsThatMeanNothingAreRefused(String format) {
        assertEquals(
                Exit.USAGE,
                assertThrows(Failure.class, () -> Format.parse(format)).exit());
    }

    @Test
    void aTypoInAFormatIsAnsweredWithTheNearest() {
        assertEquals(
                "did you mean: json",
                assertThrows(Failure.class, () -> Format.parse("jsno")).hint());
    }

    @Test
    void linesOfInputComeOneByOneAlsoTheLastWithoutNewline() throws Exception {
        var inputs = Inputs.lines(new ByteArrayInputStream("a\n\nb".getBytes(UTF_8)), parser("text", null, null));
        assertEquals("a", text(value(inputs.next())));
        assertEquals("", text(value(inputs.next())));
        assertEquals("b", text(value(inputs.next())));
        assertNull(inputs.next());
    }

    @Test
    void aBadLineIsNamedByItsNumber() throws Exception {
        var inputs = Inputs.lines(new ByteArrayInputStream("00\nzz\n".getBytes(UTF_8)), parser("hex", null, null));
        inputs.next();
        var failure = assertThrows(Failure.class, inputs::next);
        assertTrue(String.valueOf(failure.getMessage()).startsWith("line 2: "), failure.getMessage());
        assertEquals(Exit.USAGE, failure.exit());
    }

    private static byte[] value(@Nullable ProducerRecord<byte[], byte[]> record) {
        return Objects.requireNonNull(record).value();
    }

    private static RecordParser parser(String format, @Nullable String separator, @Nullable String key) {
        try {
            return new RecordParser("orders", Format.parse(format), separator, key, null, List.of());
        } catch (Failure e) {
            throw new AssertionError(e);
        }
    }

    private static ProducerRecord<byte[], byte[]> json(String line) {
        // The partition a record came from is printed too; here it is the record's own wish.
        return parser("json", null, null).line(line.getBytes(UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private static ConsumerRecord<byte[], byte[]> record(
            byte @Nullable [] key, byte @Nullable [] value, Header header) {
        return new ConsumerRecord<>(
                "orders",
                2,
                7L,
                TIME_MS,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(List.of(header)),
                Optional.empty());
    }

    private static String printed(
            ConsumerRecord<byte[], byte[]> record, String format, boolean columns, String delimiter) {
        var bytes = new ByteArrayOutputStream();
        var out = new Out(bytes);
        try {
            new RecordPrinter(Format.parse(format), columns, columns, columns, delimiter, out).print(record);
        } catch (Failure e) {
            throw new AssertionError(e);
        }
        out.flush();
        return bytes.toString(UTF_8);
    }
}
