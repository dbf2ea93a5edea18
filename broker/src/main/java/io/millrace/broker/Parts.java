package io.millrace.broker;

import io.millrace.disk.FileSlice;
import io.millrace.net.Answer;
import io.millrace.wire.ResponseWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/// The pieces of a response on their way to the socket: bytes as they are, slices of files as places.
final class Parts implements ResponseWriter.Pieces {

    private final List<Answer.Part> parts = new ArrayList<>(1);

    /// A slice of a log, as something `net` can send.
    private record Slice(FileSlice slice) implements Answer.Place {

        @Override
        public int remainingBytes() {
            return slice.remainingBytes();
        }

        @Override
        public int transferTo(WritableByteChannel socket) throws IOException {
            return slice.transferTo(socket);
        }

        @Override
        public void release() {
            slice.release();
        }
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        parts.add(new Answer.Bytes(bytes));
    }

    @Override
    public void place(Object place) {
        parts.add(new Slice((FileSlice) place));
    }

    Answer answer() {
        return parts.size() == 1 && parts.getFirst() instanceof Answer.Bytes(ByteBuffer only)
                ? Answer.of(only)
                : Answer.of(parts);
    }
}
