package io.millrace.folder;

import io.millrace.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The unit in which the write-ahead log is written: some entries under one checksum. A frame is whole
/// or it is none.
///
/// ```
/// magic 4 | length 4 | crc 4 | entries 4 | number 8 | synced 8 | oldest 8 | entries ... | zeros to
/// a block
/// ```
///
/// `length` counts from the magic to the last entry; `crc` (CRC-32C) covers what follows it. Numbers
/// grow by one from frame to frame, over all files. `synced` is the last frame that was known to be on
/// the disk when this one was written, `oldest` the first one that is still needed. Each entry is
///
/// ```
/// kind 1 | length of log 2 | log | base 8 | position 4 | end 8 | length of bytes 4 | bytes
/// ```
public final class WalFrame {

    static final int MAGIC = 0x4D52_574C;
    static final int HEADER_BYTES = 40;

    /// Frames begin at multiples of this, so that no page of the file has to be read before it
    /// is written.
    static final int BLOCK_BYTES = 4096;

    /// No frame is larger; a length that is, is none.
    static final int MOST_BYTES = 16 << 20;

    private static final int CRC_AT = 8;
    private static final int COVERED_AT = 12;
    private static final int ENTRY_BYTES = 1 + 2 + 8 + 4 + 8 + 4;
    private static final byte DATA = 1;
    private static final byte SYNCED = 2;
    private static final byte CUT = 3;
    private static final byte GONE = 4;

    /// @param lengthBytes without the zeros behind it
    record Header(int lengthBytes, long number, long syncedNumber, long oldestNumber) {

        long blockBytes() {
            return roundUp(lengthBytes);
        }
    }

    private final ByteBuffer bytes;
    private int entries;

    /// @param capacityBytes a multiple of [#BLOCK_BYTES]
    WalFrame(int capacityBytes) {
        this.bytes = ByteBuffer.allocateDirect(capacityBytes);
        clear();
    }

    void clear() {
        bytes.clear().position(HEADER_BYTES);
        entries = 0;
    }

    boolean isEmpty() {
        return entries == 0;
    }

    /// Whether an entry with so many bytes still fits.
    boolean hasRoom(byte[] log, int dataBytes) {
        return bytes.remaining() >= ENTRY_BYTES + log.length + dataBytes;
    }

    /// Adds [WalEntry.Data], reading `lengthBytes` from a segment.
    void data(byte[] log, DiskFile from, long baseOffset, int positionBytes, int lengthBytes, long endOffset)
            throws IOException {
        put(DATA, log, baseOffset, positionBytes, endOffset, lengthBytes);
        int limit = bytes.position() + lengthBytes;
        int read = from.readFully(bytes.limit(limit), positionBytes);
        bytes.limit(bytes.capacity());
        if (read < lengthBytes) {
            throw new IOException(
                    "segment %d ends before position %d".formatted(baseOffset, positionBytes + lengthBytes));
        }
    }

    void synced(byte[] log, long endOffset) {
        put(SYNCED, log, 0, 0, endOffset, 0);
    }

    void cut(byte[] log, long baseOffset, int positionBytes, long endOffset) {
        put(CUT, log, baseOffset, positionBytes, endOffset, 0);
    }

    void gone(byte[] log) {
        put(GONE, log, 0, 0, 0, 0);
    }

    private void put(byte kind, byte[] log, long base, int position, long end, int length) {
        bytes.put(kind)
                .putShort((short) log.length)
                .put(log)
                .putLong(base)
                .putInt(position)
                .putLong(end)
                .putInt(length);
        entries++;
    }

    /// The whole frame, zeros included, to be written; valid until [#clear].
    ByteBuffer seal(long number, long syncedNumber, long oldestNumber) {
        int length = bytes.position();
        while (bytes.position() % BLOCK_BYTES != 0) bytes.put((byte) 0);
        bytes.putInt(0, MAGIC)
                .putInt(4, length)
                .putInt(12, entries)
                .putLong(16, number)
                .putLong(24, syncedNumber)
                .putLong(32, oldestNumber);
        bytes.putInt(CRC_AT, crc(bytes.slice(COVERED_AT, length - COVERED_AT)));
        return bytes.flip();
    }

    /// The header at the start of `block`, if a frame may begin there; null when not. The checksum is
    /// not looked at.
    static @Nullable Header header(ByteBuffer block) {
        if (block.remaining() < HEADER_BYTES || block.getInt(0) != MAGIC) return null;
        int length = block.getInt(4);
        if (length < HEADER_BYTES || length > MOST_BYTES) return null;
        return new Header(length, block.getLong(16), block.getLong(24), block.getLong(32));
    }

    /// Whether `frame`, without the zeros behind it, is as it was written.
    static boolean isWhole(ByteBuffer frame) {
        return frame.getInt(CRC_AT) == crc(frame.slice(COVERED_AT, frame.remaining() - COVERED_AT));
    }

    /// The entries of a whole frame; their bytes are views.
    ///
    /// @throws IOException when the frame has a good checksum and makes no sense: it is not ours
    static List<WalEntry> entries(ByteBuffer frame) throws IOException {
        var from = frame.slice();
        int count = from.getInt(12);
        from.position(HEADER_BYTES);
        var entries = new ArrayList<WalEntry>();
        try {
            for (int i = 0; i < count; i++) entries.add(entry(from));
        } catch (RuntimeException e) {
            throw new IOException("a frame of the write-ahead log has a good checksum and bad contents", e);
        }
        return entries;
    }

    private static WalEntry entry(ByteBuffer from) {
        byte kind = from.get();
        int logBytes = Short.toUnsignedInt(from.getShort());
        var log = WalLog.decode(from.slice(from.position(), logBytes));
        from.position(from.position() + logBytes);
        long base = from.getLong();
        int position = from.getInt();
        long end = from.getLong();
        int length = from.getInt();
        var bytes = from.slice(from.position(), length);
        from.position(from.position() + length);
        return switch (kind) {
            case DATA -> new WalEntry.Data(log, base, position, end, bytes);
            case SYNCED -> new WalEntry.Synced(log, end);
            case CUT -> new WalEntry.Cut(log, base, position, end);
            case GONE -> new WalEntry.Gone(log);
            default -> throw new IllegalArgumentException("an entry of unknown kind " + kind);
        };
    }

    static long roundUp(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    private static int crc(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
