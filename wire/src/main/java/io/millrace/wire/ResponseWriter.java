package io.millrace.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Writes one response as it goes to the socket: size, header, body; in one buffer, cut where places lie.
public final class ResponseWriter implements Writable {

    /// Takes the pieces of a response in order.
    public interface Pieces {

        /// Bytes from position to limit, in a buffer that nobody else writes to.
        void bytes(ByteBuffer bytes);

        /// What a [PlacedRecords] held.
        void place(Object place);
    }

    private static final int SIZE_BYTES = 4;

    private final ByteBuffer buffer;
    private final ByteBufferAccessor out;
    private final Pieces pieces;
    private int pieceStart;

    private ResponseWriter(ByteBuffer buffer, Pieces pieces) {
        this.buffer = buffer;
        this.out = new ByteBufferAccessor(buffer);
        this.pieces = pieces;
    }

    /// Gives the response to `request` to `pieces`.
    public static void write(Request request, ApiMessage body, Pieces pieces) {
        write(request.correlationId(), request.responseHeaderVersion(), request.version(), body, pieces);
    }

    /// The same for an answer in another version than the question's (ApiVersions only).
    public static void write(
            int correlationId, short headerVersion, short bodyVersion, ApiMessage body, Pieces pieces) {
        var cache = new ObjectSerializationCache();
        var header = new ResponseHeaderData().setCorrelationId(correlationId);
        var size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, bodyVersion);

        var writer = new ResponseWriter(ByteBuffer.allocate(SIZE_BYTES + size.sizeExcludingZeroCopy()), pieces);
        writer.out.writeInt(size.totalSize());
        header.write(writer, cache, headerVersion);
        body.write(writer, cache, bodyVersion);
        writer.cut();
    }

    private void cut() {
        int end = buffer.position();
        if (end > pieceStart) pieces.bytes(buffer.slice(pieceStart, end - pieceStart));
        pieceStart = end;
    }

    @Override
    public void writeRecords(BaseRecords records) {
        switch (records) {
            case PlacedRecords placed -> {
                if (placed.sizeInBytes() > 0) {
                    cut();
                    pieces.place(placed.place());
                }
            }
            case MemoryRecords inMemory -> writeByteBuffer(inMemory.buffer());
            default -> throw new IllegalArgumentException("records of a " + records.getClass());
        }
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) return;
        cut();
        pieces.bytes(bytes.slice());
    }

    @Override
    public void writeByte(byte value) {
        out.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        out.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        out.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        out.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        out.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        out.writeByteArray(bytes);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        out.writeUnsignedVarint(value);
    }

    @Override
    public void writeVarint(int value) {
        out.writeVarint(value);
    }

    @Override
    public void writeVarlong(long value) {
        out.writeVarlong(value);
    }
}
