package io.millrace.broker;

import io.millrace.metadata.ClusterImage;
import io.millrace.net.Connection;
import io.millrace.net.Frame;
import io.millrace.replica.Shard;
import io.millrace.wire.Request;
import io.millrace.wire.RequestTooLarge;
import org.apache.kafka.common.protocol.Errors;

/// One request being answered: who asks, where, in which version.
final class Call {

    private final Request request;
    private final Connection connection;
    private final Shard here;
    private final Frame frame;
    private final ApiMeters meters;
    private final RequestMemory memory;
    private long heldBytes;
    private boolean isFrameTaken;
    private boolean wantsNoAnswer;

    Call(Request request, Connection connection, Shard here, Frame frame, ApiMeters meters, RequestMemory memory) {
        this.request = request;
        this.connection = connection;
        this.here = here;
        this.frame = frame;
        this.meters = meters;
        this.memory = memory;
    }

    String api() {
        return request.api().name;
    }

    /// Counts the request as answered.
    void answered(long tookNs) {
        meters.answered(tookNs);
    }

    short version() {
        return request.version();
    }

    /// Who the client says it is; empty for none.
    String clientId() {
        var id = request.clientId();
        return id == null ? "" : id;
    }

    Connection connection() {
        return connection;
    }

    Client client() {
        return Client.of(connection);
    }

    /// The shard of the connection's loop, where the handler runs.
    Shard here() {
        return here;
    }

    /// The cluster, as this turn sees it.
    ClusterImage image() {
        return here.image();
    }

    /// Counts an error that the answer will carry; NONE is not counted. Any thread.
    Errors told(Errors code) {
        if (code != Errors.NONE) meters.failed(code);
        return code;
    }

    /// From now on the caller must release the bytes of the request, exactly once, on any thread.
    Runnable takeFrame() {
        isFrameTaken = true;
        return frame::release;
    }

    boolean isFrameTaken() {
        return isFrameTaken;
    }

    /// Takes so much more memory until the answer; false, and nothing is taken, when there is no more for requests.
    boolean hold(long bytes) {
        if (!memory.take(bytes)) return false;
        heldBytes += bytes;
        return true;
    }

    /// Gives all of that memory back.
    void letGo() {
        memory.give(heldBytes);
        heldBytes = 0;
    }

    /// It ends without an answer.
    void failed(RuntimeException why) {
        letGo();
        if (why instanceof RequestTooLarge) meters.refusedTooLarge();
    }

    /// The client does not want to hear of it (acks=0).
    void answerNothing() {
        wantsNoAnswer = true;
    }

    boolean wantsNoAnswer() {
        return wantsNoAnswer;
    }
}
