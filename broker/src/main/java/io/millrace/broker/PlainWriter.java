package io.millrace.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Writes fields as Kafka's record schemas lay them out. The buffer grows as needed.
final class PlainWriter {

    private ByteBuffer out = ByteBuffer.allocate(128);

    PlainWriter int16(int value) {
        room(Short.BYTES).putShort((short) value);
        return this;
    }

    PlainWriter int32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    PlainWriter int64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    /// Two bytes of length, then UTF-8; a length of -1 is null.
    ///
    /// @throws IllegalArgumentException when it takes more than 32,767 bytes
    PlainWriter text(@Nullable String text) {
        if (text == null) return int16(-1);
        byte[] bytes = utf8(text);
        int16(bytes.length);
        room(bytes.length).put(bytes);
        return this;
    }

    /// Four bytes of length, then the bytes.
    PlainWriter bytes(byte[] bytes) {
        int32(bytes.length);
        room(bytes.length).put(bytes);
        return this;
    }

    /// A length that counts one more, as a varint, then UTF-8.
    PlainWriter compactText(String text) {
        byte[] bytes = utf8(text);
        varint(bytes.length + 1);
        room(bytes.length).put(bytes);
        return this;
    }

    PlainWriter varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            room(1).put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        room(1).put((byte) rest);
        return this;
    }

    ByteBuffer written() {
        return out.duplicate().flip();
    }

    private static byte[] utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a text of " + bytes.length + " bytes is too long to be stored");
        }
        return bytes;
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            int position = out.position();
            int capacity = Math.max(Math.addExact(position, bytes), Math.min(out.capacity(), 1 << 30) * 2);
            out = ByteBuffer.wrap(Arrays.copyOf(out.array(), capacity)).position(position);
        }
        return out;
    }
}
