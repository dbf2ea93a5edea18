package io.millrace.wire;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// The bytes of a message, and what becomes of them: how much heap their objects take, and how long it takes to
/// make them.
///
/// Few bytes can become many objects: a name of two bytes is a string, a list of one byte is an object. So it is
/// not the bytes that are counted but what is read: every value with its share of the object it becomes a field
/// of. What is counted is at least what is kept, and seldom more than three times as much.
///
/// Some lists are kept in hash tables that take cubic time when names collide, and equal names do: 5,000 of them
/// would hold a loop for minutes. So a message of many values is given up when it takes too long, and when its
/// names were chosen to collide, wherever they would be put later.
final class HeapMeter extends ByteBufferAccessor {

    /// A field, with a part of the object around it, or a boxed number in a list.
    private static final int VALUE_BYTES = 64;

    /// A string or an array of bytes, without what is in it.
    private static final int ARRAY_BYTES = 64;

    private static final int RECORDS_BYTES = 160;

    /// Names are compared from this value on.
    private static final int MANY_VALUES = 256;

    /// The clock is looked at from this value on, and then every so often.
    private static final int VALUES_BEFORE_CLOCK = 1024;

    private static final int VALUES_PER_LOOK = 64;

    /// A thousand times what the largest request takes, and what 1,000 equal names do.
    private static final long MOST_NS = 1_000_000_000;

    /// So many names may have one hash code; those that people choose have one of their own, or share it with few.
    private static final int MOST_COLLISIONS = 500;

    /// Names with one hash code: one of them, and how often the next one was another.
    private static final class Colliding {
        private String name;
        private int others;

        Colliding(String name) {
            this.name = name;
        }
    }

    private final long mostBytes;
    private final LongSupplier clockNs;
    private long heapBytes;
    private int values;
    private long beganNs;

    /// By hash code; made when there are many values.
    private @Nullable Map<Integer, Colliding> names;

    /// Set while one value is read, which is as long as it says.
    private boolean isInsideValue;

    /// @param mostBytes the most heap that the message may take
    /// @param clockNs   monotonic nanoseconds
    HeapMeter(ByteBuffer bytes, long mostBytes, LongSupplier clockNs) {
        super(bytes);
        this.mostBytes = mostBytes;
        this.clockNs = clockNs;
    }

    /// How many elements may follow at most: whoever reads a list first makes room for as many as it says it has, if
    /// they can be there at all.
    @Override
    public int remaining() {
        int unread = unreadBytes();
        return isInsideValue ? unread : (int) Math.min(unread, (mostBytes - heapBytes) / VALUE_BYTES);
    }

    int unreadBytes() {
        return super.remaining();
    }

    long heapBytes() {
        return heapBytes;
    }

    private void take(long bytes) {
        heapBytes += bytes;
        if (heapBytes > mostBytes) {
            throw new RequestTooLarge("it takes more than %d bytes of memory".formatted(mostBytes));
        }
        values++;
        if (values >= VALUES_BEFORE_CLOCK && values % VALUES_PER_LOOK == 0) lookAtClock();
    }

    private void lookAtClock() {
        long nowNs = clockNs.getAsLong();
        if (values == VALUES_BEFORE_CLOCK) beganNs = nowNs;
        if (nowNs - beganNs > MOST_NS) {
            throw new RequestTooLarge("it takes longer than %d ms to read; are there many equal names in it?"
                    .formatted(MOST_NS / 1_000_000));
        }
    }

    @Override
    public byte readByte() {
        take(VALUE_BYTES);
        return super.readByte();
    }

    @Override
    public short readShort() {
        take(VALUE_BYTES);
        return super.readShort();
    }

    @Override
    public int readInt() {
        take(VALUE_BYTES);
        return super.readInt();
    }

    @Override
    public long readLong() {
        take(VALUE_BYTES);
        return super.readLong();
    }

    @Override
    public double readDouble() {
        take(VALUE_BYTES);
        return super.readDouble();
    }

    @Override
    public int readUnsignedVarint() {
        take(VALUE_BYTES);
        return super.readUnsignedVarint();
    }

    @Override
    public int readVarint() {
        take(VALUE_BYTES);
        return super.readVarint();
    }

    @Override
    public long readVarlong() {
        take(VALUE_BYTES);
        return super.readVarlong();
    }

    /// A string of n bytes has up to n characters, of two bytes each where one of them is not Latin.
    @Override
    public String readString(int length) {
        take(ARRAY_BYTES + 2L * length);
        isInsideValue = true;
        var text = super.readString(length);
        isInsideValue = false;
        if (values >= MANY_VALUES) lookForCollision(text);
        return text;
    }

    private void lookForCollision(String text) {
        if (names == null) names = new HashMap<>();
        var same = names.computeIfAbsent(text.hashCode(), _ -> new Colliding(text));
        if (same.name.equals(text)) return;
        same.name = text;
        if (++same.others <= MOST_COLLISIONS) return;
        throw new RequestTooLarge("more than %d names in it have one hash code".formatted(MOST_COLLISIONS));
    }

    @Override
    public byte[] readArray(int length) {
        take(ARRAY_BYTES + length);
        isInsideValue = true;
        var array = super.readArray(length);
        isInsideValue = false;
        return array;
    }

    /// A view: the bytes themselves stay where they are.
    @Override
    public ByteBuffer readByteBuffer(int length) {
        take(ARRAY_BYTES);
        isInsideValue = true;
        var view = super.readByteBuffer(length);
        isInsideValue = false;
        return view;
    }

    @Override
    public MemoryRecords readRecords(int length) {
        take(RECORDS_BYTES);
        isInsideValue = true;
        var records = super.readRecords(length);
        isInsideValue = false;
        return records;
    }
}
