package io.millrace.model.record;

import java.nio.ByteBuffer;

/// Numbers of variable length, zig-zag encoded, as records use them (KIP-98; Protocol Buffers' sint64).
final class Varint {

    private Varint() {}

    static int sizeOf(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return 1 + (63 - Long.numberOfLeadingZeros(zigzag | 1)) / 7;
    }

    static void write(ByteBuffer out, long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7fL) != 0) {
            out.put((byte) (zigzag | 0x80));
            zigzag >>>= 7;
        }
        out.put((byte) zigzag);
    }
}
