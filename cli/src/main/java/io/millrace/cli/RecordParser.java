package io.millrace.cli;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Makes a record to send of one piece of input.
///
/// What the piece itself does not say comes from the flags: key, partition, headers.
final class RecordParser {

    private final String topic;
    private final Format format;
    private final byte @Nullable [] separator;
    private final byte @Nullable [] key;
    private final @Nullable Integer partition;
    private final List<Header> headers;

    /// @param separator between key and value in a line; null: the whole line is the value
    RecordParser(
            String topic,
            Format format,
            @Nullable String separator,
            @Nullable String key,
            @Nullable Integer partition,
            List<Header> headers) {
        this.topic = topic;
        this.format = format;
        this.separator = separator == null ? null : separator.getBytes(StandardCharsets.UTF_8);
        this.key = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        this.partition = partition;
        this.headers = List.copyOf(headers);
    }

    /// A whole file or the like: its bytes are the value.
    ProducerRecord<byte[], byte[]> whole(byte[] value) {
        return new ProducerRecord<>(topic, partition, null, key, value, headers);
    }

    /// A line of input, without its newline.
    ///
    /// @throws IllegalArgumentException when it is not in the format; says why
    ProducerRecord<byte[], byte[]> line(byte[] line) {
        return switch (format) {
            case Format.JsonLines() -> json(line);
            case Format.Plain(var codec) -> plain(line, codec);
            case Format.Filled _ -> throw new IllegalArgumentException("a template cannot be read");
        };
    }

    private ProducerRecord<byte[], byte[]> plain(byte[] line, Codec codec) {
        if (separator == null) return whole(codec.decode(line));
        int at = indexOf(line, separator);
        if (at < 0) {
            throw new IllegalArgumentException(
                    "no '" + new String(separator, StandardCharsets.UTF_8) + "' between key and value");
        }
        var lineKey = codec.decode(Arrays.copyOfRange(line, 0, at));
        var value = codec.decode(Arrays.copyOfRange(line, at + separator.length, line.length));
        return new ProducerRecord<>(topic, partition, null, lineKey, value, headers);
    }

    static int indexOf(byte[] in, byte[] what) {
        for (int at = 0; at + what.length <= in.length; at++) {
            if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) return at;
        }
        return -1;
    }

    /// The same fields that `consume --format json` prints; others of its fields are passed over.
    private ProducerRecord<byte[], byte[]> json(byte[] line) {
        byte[] recordKey = key;
        byte[] value = null;
        var to = partition;
        Long timestampMs = null;
        boolean hasValue = false;
        var all = new ArrayList<>(headers);
        try (var json = Json.parser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) throw new IllegalArgumentException("not a JSON object");
            for (var name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                switch (name) {
                    case "key" -> recordKey = text(json);
                    case "keyBase64" -> recordKey = base64(json);
                    case "value" -> {
                        value = text(json);
                        hasValue = true;
                    }
                    case "valueBase64" -> {
                        value = base64(json);
                        hasValue = true;
                    }
                    case "partition" -> {
                        var own = wholeNumber(json);
                        if (partition == null) to = own == null ? null : Integer.valueOf(partitionOf(own));
                    }
                    case "timestamp" -> timestampMs = wholeNumber(json);
                    case "headers" -> all.addAll(headers(json));
                    case "topic", "offset" -> json.skipChildren();
                    default ->
                        throw new IllegalArgumentException("unknown field \"" + name
                                + "\"; fields: key, value, headers, partition, timestamp, keyBase64, valueBase64");
                }
            }
            if (json.nextToken() != null) throw new IllegalArgumentException("more than one JSON object in a line");
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        if (!hasValue) throw new IllegalArgumentException("no field \"value\"");
        return new ProducerRecord<>(topic, to, timestampMs, recordKey, value, all);
    }

    private static @Nullable Long wholeNumber(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_NULL) return null;
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new IllegalArgumentException("\"" + json.currentName() + "\" is not a whole number");
        }
        return json.getLongValue();
    }

    private static int partitionOf(long number) {
        if (number < 0 || number > Integer.MAX_VALUE) throw new IllegalArgumentException("no partition " + number);
        return (int) number;
    }

    /// A string as its bytes; any other value as its JSON text; null as null.
    private static byte @Nullable [] text(JsonParser json) {
        return switch (json.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> json.getString().getBytes(StandardCharsets.UTF_8);
            default -> {
                var copy = new StringWriter();
                try (var generator = Json.generator(copy)) {
                    generator.copyCurrentStructure(json);
                }
                yield copy.toString().getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    private static byte @Nullable [] base64(JsonParser json) {
        return json.currentToken() == JsonToken.VALUE_NULL
                ? null
                : Codec.BASE64.decode(json.getString().getBytes(StandardCharsets.US_ASCII));
    }

    /// `{"name":"value"}`, or `[{"key":"name","value":"value"}]` where a name comes twice.
    private static List<Header> headers(JsonParser json) {
        var headers = new ArrayList<Header>();
        switch (json.currentToken()) {
            case VALUE_NULL -> {}
            case START_OBJECT -> {
                for (var name = json.nextName(); name != null; name = json.nextName()) {
                    json.nextToken();
                    headers.add(new RecordHeader(name, text(json)));
                }
            }
            case START_ARRAY -> {
                while (json.nextToken() == JsonToken.START_OBJECT) headers.add(header(json));
                if (json.currentToken() != JsonToken.END_ARRAY) throw new IllegalArgumentException("a bad header");
            }
            default -> throw new IllegalArgumentException("\"headers\" is neither an object nor a list");
        }
        return headers;
    }

    private static Header header(JsonParser json) {
        String name = null;
        byte[] value = null;
        for (var field = json.nextName(); field != null; field = json.nextName()) {
            json.nextToken();
            switch (field) {
                case "key" -> name = json.getString();
                case "value" -> value = text(json);
                case "valueBase64" -> value = base64(json);
                default -> throw new IllegalArgumentException("unknown field \"" + field + "\" in a header");
            }
        }
        if (name == null) throw new IllegalArgumentException("a header without \"key\"");
        return new RecordHeader(name, value);
    }
}
