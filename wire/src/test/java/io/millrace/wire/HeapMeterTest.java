package io.millrace.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.api.Test;

/// What the meter counts is compared with what the JVM allocates, for bodies that make the most objects of the
/// fewest bytes.
class HeapMeterTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// An array with so many of the smallest elements, first at the top, then within the first element, ...
    private static final int MANY = 300;

    private static final int DEEPEST = 3;

    /// Names and numbers are all different: those that collide have a story of their own.
    private int next;

    private static long still() {
        return 0;
    }

    @Test
    void theSmallestElementsAreCountedForWhatTheyTake() {
        var lines = new StringBuilder();
        LongSupplier still = HeapMeterTest::still;
        for (var api : ApiKeys.brokerApis()) {
            for (short version : api.allVersions()) {
                var schema = api.messageType.requestSchemas()[version];
                for (int depth = 0; depth < DEEPEST; depth++) {
                    var body = written(smallest(schema, depth));
                    if (body.remaining() < MANY) continue;
                    var request = new Request(api, version, 1, null, body);
                    request.message();
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    var parsed = request.parse(Long.MAX_VALUE, still);
                    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
                    if (parsed.heapBytes() < allocated) {
                        lines.append("%s %d at depth %d: %d counted, %d allocated%n"
                                .formatted(api, version, depth, parsed.heapBytes(), allocated));
                    }
                }
            }
        }
        assertEquals("", lines.toString());
    }

    @Test
    void aMessageThatTakesTooMuchIsGivenUp() {
        var schema = ApiKeys.METADATA.messageType.requestSchemas()[1];
        var request = new Request(ApiKeys.METADATA, (short) 1, 1, null, written(smallest(schema, 0)));
        long heapBytes = request.parse(Long.MAX_VALUE, HeapMeterTest::still).heapBytes();
        assertEquals(heapBytes, request.parse(heapBytes, HeapMeterTest::still).heapBytes());
        var thrown = assertThrows(RequestTooLarge.class, () -> request.parse(heapBytes - 1, HeapMeterTest::still));
        assertTrue(
                String.valueOf(thrown.getMessage()).startsWith("a request of API Metadata version 1: it takes more"));
    }

    @Test
    void namesThatCollideDoNotHoldTheReader() {
        int topics = 100_000;
        var body = ByteBuffer.allocate(12 + 6 * topics)
                .putShort((short) -1)
                .putShort((short) 1)
                .putInt(1000)
                .putInt(topics)
                .clear();
        var request = new Request(ApiKeys.PRODUCE, (short) 3, 1, null, body);
        var thrown = assertThrows(RequestTooLarge.class, () -> request.parse(Long.MAX_VALUE, System::nanoTime));
        assertTrue(String.valueOf(thrown.getMessage()).contains("longer than 1000 ms"), thrown.getMessage());
    }

    @Test
    void namesThatWereChosenToCollideAreNotTaken() {
        int names = 2_000;
        var body = ByteBuffer.allocate(4 + names * (2 + 22)).putInt(names);
        for (int i = 0; i < names; i++) {
            var name = new StringBuilder();
            for (int bit = 0; bit < 11; bit++) name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            body.putShort((short) 22).put(name.toString().getBytes(StandardCharsets.UTF_8));
        }
        var request = new Request(ApiKeys.METADATA, (short) 1, 1, null, body.flip());
        var thrown = assertThrows(RequestTooLarge.class, request::message);
        assertTrue(String.valueOf(thrown.getMessage()).contains("one hash code"), thrown.getMessage());
    }

    @Test
    void noRoomIsMadeForElementsThatCannotBeThere() {
        int declared = 90_000_000;
        var body = ByteBuffer.allocate(4 + declared).putInt(declared).clear();
        var request = new Request(ApiKeys.METADATA, (short) 1, 1, null, body);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThrows(IllegalArgumentException.class, () -> request.parse(64 << 20, HeapMeterTest::still));
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 64 << 20, "allocated " + allocated);
    }

    @Test
    void aHeaderOfManyTagsIsGivenUp() {
        int tags = 1_000_000;
        var frame = ByteBuffer.allocate(20 + 2 * tags)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) 12)
                .putInt(1)
                .putShort((short) -1);
        ByteUtils.writeUnsignedVarint(tags, frame);
        for (int tag = 0; tag < 100_000; tag++) {
            ByteUtils.writeUnsignedVarint(tag, frame);
            ByteUtils.writeUnsignedVarint(0, frame);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThrows(IllegalArgumentException.class, () -> Request.read(frame.rewind()));
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 4 << 20, "allocated " + allocated);
    }

    @Test
    void recordsAreAView() {
        var schema = ApiKeys.PRODUCE.messageType.requestSchemas()[9];
        var body = written(smallest(schema, 1));
        long perPartition = new Request(ApiKeys.PRODUCE, (short) 9, 1, null, body)
                        .parse(Long.MAX_VALUE, HeapMeterTest::still)
                        .heapBytes()
                / MANY;
        assertTrue(perPartition < 1000, "a partition counts for " + perPartition);
    }

    /// The least of everything, but for one array: `MANY` of the least at this depth of arrays.
    private Struct smallest(Schema schema, int depth) {
        var struct = new Struct(schema);
        for (var field : schema.fields()) struct.set(field, smallest(field.def.type, depth));
        return struct;
    }

    private Object smallest(Type type, int depth) {
        if (type instanceof TaggedFields) return new TreeMap<Integer, Object>();
        if (type instanceof Schema schema) return smallest(schema, depth);
        var element = type.arrayElementType();
        if (element.isPresent()) {
            var array = new Object[depth < 0 ? 0 : depth == 0 ? MANY : 1];
            for (int i = 0; i < array.length; i++) array[i] = smallest(element.get(), depth - 1);
            return array;
        }
        return smallest(type);
    }

    private Object smallest(Type type) {
        if (type.equals(Type.BOOLEAN)) return false;
        if (type.equals(Type.INT8)) return (byte) 1;
        if (type.equals(Type.INT16)) return (short) ++next;
        if (type.equals(Type.UINT16)) return 1000 + next % 1000;
        if (type.equals(Type.INT32)) return 1000 + ++next;
        if (type.equals(Type.UNSIGNED_INT32)) return 1000L + ++next;
        if (type.equals(Type.INT64)) return 1000L + ++next;
        if (type.equals(Type.FLOAT64)) return 1.0;
        if (type.equals(Type.UUID)) return new Uuid(1, ++next);
        var name = type.toString();
        if (name.endsWith("STRING")) return Integer.toString(++next, Character.MAX_RADIX);
        if (name.endsWith("RECORDS")) return MemoryRecords.EMPTY;
        if (name.endsWith("BYTES")) return ByteBuffer.allocate(0);
        throw new AssertionError("a type that is new here: " + name);
    }

    private static ByteBuffer written(Struct struct) {
        var bytes = ByteBuffer.allocate(struct.sizeOf());
        struct.writeTo(bytes);
        return bytes.flip();
    }
}
