package io.millrace.coordinator.group;

import java.util.Arrays;

/// Bytes that a client asks us to keep and pass on; what they mean is the clients' business.
///
/// A value: two with the same bytes are equal. The array is shared, not copied, so nobody may change it.
public final class Opaque {

    public static final Opaque EMPTY = new Opaque(new byte[0]);

    private final byte[] bytes;

    private Opaque(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Takes `bytes` over: the caller changes them no more.
    public static Opaque of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Opaque(bytes);
    }

    /// The bytes themselves, to be read only.
    public byte[] bytes() {
        return bytes;
    }

    public int sizeBytes() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opaque that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
