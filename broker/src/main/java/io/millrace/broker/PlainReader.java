package io.millrace.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Reads fields as Kafka's record schemas lay them out. Bytes that are no such fields are an
/// [IllegalArgumentException], and never take more memory than there are bytes.
final class PlainReader {

    private final ByteBuffer in;

    PlainReader(ByteBuffer bytes) {
        in = bytes.duplicate();
    }

    int int16() {
        return need(Short.BYTES).getShort();
    }

    int int32() {
        return need(Integer.BYTES).getInt();
    }

    long int64() {
        return need(Long.BYTES).getLong();
    }

    Uuid uuid() {
        return new Uuid(int64(), int64());
    }

    /// @param compact whether the length is a varint that counts one more, instead of two bytes
    @Nullable
    String textOrNull(boolean compact) {
        int length = compact ? varint() - 1 : int16();
        if (length == -1) return null;
        return new String(take(length), StandardCharsets.UTF_8);
    }

    String text(boolean compact) {
        var text = textOrNull(compact);
        if (text == null) throw new IllegalArgumentException("null where a text must be");
        return text;
    }

    /// @param compact whether the length is a varint that counts one more, instead of four bytes
    byte[] bytes(boolean compact) {
        return take(compact ? varint() - 1 : int32());
    }

    /// The number of elements that follow, each at least one byte long.
    int count(boolean compact) {
        int count = compact ? varint() - 1 : int32();
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException(count + " elements in " + in.remaining() + " bytes");
        }
        return count;
    }

    int varint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = need(1).get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) return value;
        }
        throw new IllegalArgumentException("a varint of more than five bytes");
    }

    void skip(int bytes) {
        need(bytes).position(in.position() + bytes);
    }

    /// Reads past tagged fields that we do not know.
    void skipTags() {
        for (int tags = varint(); tags > 0; tags--) {
            varint();
            skip(varint());
        }
    }

    private byte[] take(int length) {
        var source = need(length);
        byte[] bytes = new byte[length];
        source.get(bytes);
        return bytes;
    }

    private ByteBuffer need(int bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw new IllegalArgumentException(bytes + " bytes wanted, " + in.remaining() + " left");
        }
        return in;
    }
}
