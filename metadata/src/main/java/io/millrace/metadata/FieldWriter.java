package io.millrace.metadata;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/// Writes fields one after the other: numbers in as few bytes as they need, texts and lists after their length.
final class FieldWriter {

    private byte[] bytes = new byte[128];
    private int size;

    int size() {
        return size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /// A number that is never negative: seven bits to a byte, the lowest first.
    void count(long value) {
        if (value < 0) throw new IllegalArgumentException("a count is negative: " + value);
        unsigned(value);
    }

    /// Any number; small ones of either sign are short.
    void number(long value) {
        unsigned((value << 1) ^ (value >> 63));
    }

    void fraction(double value) {
        fixed(Double.doubleToLongBits(value));
    }

    void flag(boolean value) {
        octet(value ? 1 : 0);
    }

    void octet(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    void uuid(Uuid value) {
        fixed(value.getMostSignificantBits());
        fixed(value.getLeastSignificantBits());
    }

    /// @throws IllegalArgumentException when the text has half a surrogate pair, which UTF-8 cannot hold
    void text(String value) {
        try {
            var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
            count(encoded.remaining());
            append(encoded);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the text cannot be written as UTF-8", e);
        }
    }

    <T> void list(Collection<T> items, Consumer<? super T> each) {
        count(items.size());
        items.forEach(each);
    }

    /// What another writer wrote, after its length.
    void nested(FieldWriter other) {
        count(other.size);
        append(ByteBuffer.wrap(other.bytes, 0, other.size));
    }

    private void unsigned(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            octet((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        octet((int) rest);
    }

    private void fixed(long value) {
        append(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
    }

    private void append(ByteBuffer more) {
        int length = more.remaining();
        room(length);
        more.get(bytes, size, length);
        size += length;
    }

    private void room(int more) {
        if (size + more > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
}
