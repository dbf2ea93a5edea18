package io.millrace.acceptance;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/// One plain connection that speaks in Kafka's own message classes, or in any bytes at all. One thread.
///
/// What holds: answers come in the order of the requests, each under its request's correlation id, and each is
/// read to its last byte; anything else is an [AssertionError].
final class Rpc implements AutoCloseable {

    private record Asked(int correlationId, ApiKeys api, short version) {}

    private final Socket socket;
    private final DataInputStream in;
    private final ArrayDeque<Asked> asked = new ArrayDeque<>();
    private int nextCorrelationId = 1;

    private Rpc(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    static Rpc connect(BrokerProcess broker) throws IOException {
        return connect(broker.port(), Await.LONG);
    }

    /// @param patience how long to wait for bytes before giving up
    static Rpc connect(int port, Duration patience) throws IOException {
        var socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        socket.setSoTimeout((int) patience.toMillis());
        socket.setTcpNoDelay(true);
        return new Rpc(socket);
    }

    /// Sends a request and waits for its answer; nothing else may be under way.
    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller knows what it asked
    <A extends ApiMessage> A call(ApiKeys api, int version, ApiMessage request) throws IOException {
        send(api, version, request);
        return receive();
    }

    /// Sends a request; the answer comes with a later [#receive].
    void send(ApiKeys api, int version, ApiMessage request) throws IOException {
        var body = MessageUtil.toByteBufferAccessor(request, (short) version).buffer();
        sendBody(api, version, body);
    }

    /// Sends a request to which no answer comes.
    void sendUnanswered(ApiKeys api, int version, ApiMessage request) throws IOException {
        send(api, version, request);
        asked.removeLast();
    }

    /// Sends a right header and whatever bytes as the body.
    void sendBody(ApiKeys api, int version, ByteBuffer body) throws IOException {
        var head = header(api, version, nextCorrelationId);
        asked.add(new Asked(nextCorrelationId, api, (short) version));
        nextCorrelationId++;
        sendFrame(head, body);
    }

    /// Sends bytes as one frame: their size, then they.
    void sendFrame(ByteBuffer... parts) throws IOException {
        int size = 0;
        for (var part : parts) size += part.remaining();
        var frame = ByteBuffer.allocate(4 + size).putInt(size);
        for (var part : parts) frame.put(part.duplicate());
        sendRaw(frame.flip());
    }

    /// Sends bytes as they are.
    void sendRaw(ByteBuffer bytes) throws IOException {
        var array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        socket.getOutputStream().write(array);
        socket.getOutputStream().flush();
    }

    /// The answer to the oldest request that has none yet.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller knows what it asked
    <A extends ApiMessage> A receive() throws IOException {
        var question = asked.remove();
        var bytes = receiveFrame();
        var what = question.api() + " version " + question.version();
        try {
            var reader = new ByteBufferAccessor(bytes);
            var head = new ResponseHeaderData();
            head.read(reader, question.api().responseHeaderVersion(question.version()));
            if (head.correlationId() != question.correlationId()) {
                throw new AssertionError("the answer to %s has correlation id %d, not %d"
                        .formatted(what, head.correlationId(), question.correlationId()));
            }
            var answer = question.api().messageType.newResponse();
            answer.read(reader, question.version());
            if (bytes.hasRemaining()) throw new AssertionError(bytes.remaining() + " bytes too many after " + what);
            return (A) answer;
        } catch (RuntimeException e) {
            throw new AssertionError("cannot read the answer to " + what, e);
        }
    }

    /// The bytes of one frame, without its size.
    ByteBuffer receiveFrame() throws IOException {
        int size = in.readInt();
        if (size < 0 || size > 200 << 20) throw new AssertionError("a frame of " + size + " bytes came");
        var bytes = new byte[size];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /// Waits for the other side to close; bytes that come before that are dropped. False when it does not close.
    boolean isClosedByPeer(Duration atMost) throws IOException {
        socket.setSoTimeout((int) atMost.toMillis());
        try {
            while (in.read() >= 0) {
                in.skipNBytes(in.available());
            }
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (SocketException | EOFException reset) {
            return true;
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    static ByteBuffer header(ApiKeys api, int version, int correlationId) {
        var header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion((short) version)
                .setCorrelationId(correlationId)
                .setClientId("acceptance");
        return MessageUtil.toByteBufferAccessor(header, api.requestHeaderVersion((short) version))
                .buffer();
    }
}
