package io.millrace.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// Prints one record in the format that was asked for.
///
/// @param delimiter what ends a record; a JSON record always ends with a newline
record RecordPrinter(Format format, boolean timestamps, boolean headers, boolean keys, String delimiter, Out out) {

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    void print(ConsumerRecord<byte[], byte[]> record) {
        switch (format) {
            case Format.JsonLines() -> out.line(Json.of(tree(record)));
            case Format.Filled(var template) -> {
                template.print(record, out);
                out.text(delimiter);
            }
            case Format.Plain(var codec) -> {
                if (timestamps) out.text(Times.utc(record.timestamp()) + "\t");
                if (headers) {
                    headers(record, codec, out);
                    out.text("\t");
                }
                if (keys) {
                    bytes(record.key(), codec, out);
                    out.text("\t");
                }
                bytes(record.value(), codec, out);
                out.text(delimiter);
            }
        }
    }

    static void bytes(byte @Nullable [] bytes, Codec codec, Out out) {
        out.bytes(bytes == null ? NULL : codec.encode(bytes));
    }

    /// `name=value,name=value`
    static void headers(ConsumerRecord<byte[], byte[]> record, Codec codec, Out out) {
        boolean first = true;
        for (var header : record.headers()) {
            if (!first) out.text(",");
            first = false;
            out.text(header.key() + "=");
            bytes(header.value(), codec, out);
        }
    }

    private static Map<String, @Nullable Object> tree(ConsumerRecord<byte[], byte[]> record) {
        var tree = Json.object(
                "topic", record.topic(),
                "partition", record.partition(),
                "offset", record.offset(),
                "timestamp", record.timestamp());
        put(tree, "key", record.key());
        put(tree, "value", record.value());
        tree.put("headers", headers(record.headers().toArray()));
        return tree;
    }

    static List<Object> headers(Header[] headers) {
        var list = new ArrayList<Object>();
        for (var header : headers) {
            var tree = Json.object("key", header.key());
            put(tree, "value", header.value());
            list.add(tree);
        }
        return list;
    }

    /// Text under `name`; bytes that are no text under `name` + `Base64`.
    static void put(Map<String, @Nullable Object> tree, String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            tree.put(name, null);
            return;
        }
        var text = Codec.utf8(bytes);
        if (text != null) tree.put(name, text);
        else tree.put(name + "Base64", new String(Codec.BASE64.encode(bytes), StandardCharsets.US_ASCII));
    }
}
