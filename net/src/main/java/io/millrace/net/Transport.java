package io.millrace.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// The step between a socket and the frames: here bytes are decrypted and encrypted, or left alone. Never blocks.
sealed interface Transport {

    /// Reads what is there, as far as `into` has room; -1 at the end of the stream.
    int read(ByteBuffer into) throws IOException;

    /// Reads what is there, first into the one and then into the others.
    int read(ByteBuffer[] into) throws IOException;

    /// Writes what the socket takes.
    int write(ByteBuffer from) throws IOException;

    /// Sends what the socket takes of a place.
    int send(Answer.Place place) throws IOException;

    void close() throws IOException;

    /// Bytes as they are; places go by `sendfile`.
    record Plain(SocketChannel socket) implements Transport {

        @Override
        public int read(ByteBuffer into) throws IOException {
            return socket.read(into);
        }

        @Override
        public int read(ByteBuffer[] into) throws IOException {
            return (int) socket.read(into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return socket.write(from);
        }

        @Override
        public int send(Answer.Place place) throws IOException {
            return place.transferTo(socket);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
