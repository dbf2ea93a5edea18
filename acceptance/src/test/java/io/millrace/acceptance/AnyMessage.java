package io.millrace.acceptance;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Requests that are well formed and senseless: every field has some value, likely one at an edge.
final class AnyMessage {

    private static final int[] NUMBERS = {0, 1, -1, 2, 5, 100, Integer.MAX_VALUE, Integer.MIN_VALUE};
    private static final int[] TIMES_MS = {0, 1, 100, -1};

    private final Random random;
    private final List<String> words;

    /// @param words names that mean something to the broker, mixed with those that do not
    AnyMessage(Random random, List<String> words) {
        this.random = random;
        this.words = words;
    }

    /// The bytes of a body of this form.
    ByteBuffer body(Schema schema) {
        var struct = struct(schema);
        // Without acknowledgement there would be no answer to wait for.
        if (struct.hasField("acks")) struct.set("acks", (short) -1);
        var bytes = ByteBuffer.allocate(struct.sizeOf());
        struct.writeTo(bytes);
        return bytes.flip();
    }

    /// The same bytes, cut short, with some changed, or none of them kept.
    ByteBuffer spoiled(ByteBuffer body) {
        var bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : body.remaining()];
        if (bytes.length == body.remaining() && random.nextInt(4) > 0) {
            body.duplicate().get(bytes);
            for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
        } else {
            random.nextBytes(bytes);
        }
        int length = random.nextInt(3) == 0 && bytes.length > 0 ? random.nextInt(bytes.length) : bytes.length;
        return ByteBuffer.wrap(bytes, 0, length);
    }

    private Struct struct(Schema schema) {
        var struct = new Struct(schema);
        for (var field : schema.fields()) struct.set(field, value(field.def));
        return struct;
    }

    private @Nullable Object value(Field field) {
        if (field.type.equals(Type.INT32) && field.name.endsWith("_ms"))
            return TIMES_MS[random.nextInt(TIMES_MS.length)];
        if (field.name.equals("group_id") && random.nextInt(3) > 0) return "group-" + random.nextInt(1 << 30);
        return value(field.type);
    }

    private @Nullable Object value(Type type) {
        if (type instanceof TaggedFields) return new TreeMap<Integer, Object>();
        if (type.isNullable() && random.nextInt(4) == 0) return null;
        if (type instanceof Schema schema) return struct(schema);
        var element = type.arrayElementType();
        if (element.isPresent()) {
            var array = new @Nullable Object[random.nextInt(4)];
            for (int i = 0; i < array.length; i++) array[i] = value(element.get());
            return array;
        }
        return primitive(type);
    }

    private Object primitive(Type type) {
        int number = random.nextInt(3) == 0 ? random.nextInt() : NUMBERS[random.nextInt(NUMBERS.length)];
        if (number > 1_000) number = Integer.MAX_VALUE - random.nextInt(3);
        if (type.equals(Type.BOOLEAN)) return random.nextBoolean();
        if (type.equals(Type.INT8)) return (byte) number;
        if (type.equals(Type.INT16)) return (short) number;
        if (type.equals(Type.UINT16)) return number & 0xffff;
        if (type.equals(Type.INT32)) return number;
        if (type.equals(Type.UNSIGNED_INT32)) return number & 0xffff_ffffL;
        if (type.equals(Type.INT64)) return random.nextBoolean() ? number : random.nextLong();
        if (type.equals(Type.FLOAT64)) return random.nextDouble();
        if (type.equals(Type.UUID)) return random.nextBoolean() ? Uuid.ZERO_UUID : Uuid.randomUuid();
        var name = type.toString();
        if (name.endsWith("STRING")) return word();
        if (name.endsWith("RECORDS")) return records();
        if (name.endsWith("BYTES")) return ByteBuffer.wrap(noise());
        throw new AssertionError("a type that is new here: " + name);
    }

    private String word() {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "x".repeat(random.nextInt(2_000));
            case 2 -> "no such \u00e4\u0000 thing";
            default -> words.get(random.nextInt(words.size()));
        };
    }

    private MemoryRecords records() {
        return random.nextBoolean()
                ? Batches.plain("some", "records")
                : MemoryRecords.readableRecords(ByteBuffer.wrap(noise()));
    }

    private byte[] noise() {
        var noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return noise;
    }
}
