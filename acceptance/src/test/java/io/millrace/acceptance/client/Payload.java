package io.millrace.acceptance.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// The record with number `seq`, made from that number alone, so that whoever reads it knows whether all of it
/// came: key or none, value or none, an empty header, one without a value, and one that is there twice.
public final class Payload {

    private Payload() {}

    /// @param keys       how many keys there are; a record's key is `k<seq % keys>`
    /// @param valueBytes size of its value
    /// @param plain      every record has a key and a value
    public static ProducerRecord<byte[], byte[]> record(
            String topic, int seq, String codec, int keys, int valueBytes, boolean plain) {
        var headers = new RecordHeaders()
                .add("seq", bytes(Integer.toString(seq)))
                .add("codec", bytes(codec))
                .add("shape", bytes(keys + " " + valueBytes + " " + plain))
                .add("empty", new byte[0])
                .add(new RecordHeader("nothing", (byte[]) null))
                .add("twice", bytes("first"))
                .add("twice", bytes("second"));
        return new ProducerRecord<>(topic, null, key(seq, keys, plain), value(seq, valueBytes, plain), headers);
    }

    /// The number of a record.
    public static int seq(ConsumerRecord<byte[], byte[]> record) {
        return Integer.parseInt(text(record.headers(), "seq"));
    }

    /// `ok`, or what is wrong with a record.
    public static String check(ConsumerRecord<byte[], byte[]> record) {
        int seq = seq(record);
        var shape = text(record.headers(), "shape").split(" ", -1);
        boolean plain = Boolean.parseBoolean(shape[2]);
        if (!Arrays.equals(record.key(), key(seq, Integer.parseInt(shape[0]), plain))) return "wrong-key";
        if (!Arrays.equals(record.value(), value(seq, Integer.parseInt(shape[1]), plain))) return "wrong-value";
        var headers = record.headers().toArray();
        if (headers.length != 7) return "wrong-number-of-headers";
        if (headers[3].value().length != 0) return "wrong-empty-header";
        if (headers[4].value() != null) return "wrong-null-header";
        if (!text(headers[5].value()).equals("first")
                || !text(headers[6].value()).equals("second")) {
            return "wrong-headers";
        }
        return "ok";
    }

    private static byte @Nullable [] key(int seq, int keys, boolean plain) {
        return !plain && seq % 11 == 10 ? null : bytes("k" + seq % keys);
    }

    private static byte @Nullable [] value(int seq, int bytes, boolean plain) {
        if (!plain && seq % 13 == 12) return null;
        var value = new byte[bytes];
        var random = new Random(seq);
        // Letters in runs: it compresses, but not to nothing.
        for (int at = 0; at < bytes; at++) value[at] = at % 4 == 0 ? (byte) ('a' + random.nextInt(26)) : (byte) '.';
        return value;
    }

    private static String text(Headers headers, String name) {
        var header = headers.lastHeader(name);
        if (header == null) throw new IllegalStateException("no header " + name);
        return text(header.value());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
