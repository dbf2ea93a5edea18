package io.millrace.metadata;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/// Reads what [FieldWriter] wrote. Whatever the bytes are, a method returns a value or throws
/// [UnreadableRecordException], and takes no more memory than the bytes are long.
final class FieldReader {

    private final ByteBuffer bytes;

    FieldReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    boolean isAtEnd() {
        return !bytes.hasRemaining();
    }

    /// How many things follow, each at least a byte long.
    int count() {
        long value = unsigned();
        if (value < 0 || value > bytes.remaining())
            throw new UnreadableRecordException("a length of %s is more than the %d bytes left"
                    .formatted(Long.toUnsignedString(value), bytes.remaining()));
        return (int) value;
    }

    /// A number that is never negative.
    int natural() {
        long value = unsigned();
        if (value != (int) value || value < 0)
            throw new UnreadableRecordException("number out of range: " + Long.toUnsignedString(value));
        return (int) value;
    }

    long big() {
        long value = unsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    int number() {
        long value = big();
        if (value != (int) value) throw new UnreadableRecordException("number out of range: " + value);
        return (int) value;
    }

    double fraction() {
        return Double.longBitsToDouble(fixed());
    }

    boolean flag() {
        int value = octet();
        if (value > 1) throw new UnreadableRecordException("neither true nor false: " + value);
        return value == 1;
    }

    int octet() {
        need(1);
        return bytes.get() & 0xff;
    }

    Uuid uuid() {
        return new Uuid(fixed(), fixed());
    }

    String text() {
        int length = count();
        var slice = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableRecordException("a text is not UTF-8", e);
        }
    }

    <T> List<T> list(Supplier<T> each) {
        int count = count();
        var items = new ArrayList<T>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) items.add(each.get());
        return items;
    }

    /// The bytes after a length, as a reader of their own.
    FieldReader nested() {
        int length = count();
        var inner = new FieldReader(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
        return inner;
    }

    private long unsigned() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = octet();
            value |= (next & 0x7fL) << shift;
            if (next < 0x80) return value;
        }
        throw new UnreadableRecordException("a number does not end");
    }

    private long fixed() {
        need(Long.BYTES);
        return bytes.getLong();
    }

    private void need(int count) {
        if (bytes.remaining() < count) throw new UnreadableRecordException("the bytes end inside a record");
    }
}
