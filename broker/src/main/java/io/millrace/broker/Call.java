package io.millrace.broker;

import io.millrace.metadata.ClusterImage;
import io.millrace.net.Connection;
import io.millrace.net.Frame;
import io.millrace.replica.Shard;
import io.millrace.wire.Request;
import io.millrace.wire.RequestTooLarge;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One request being answered: who asks, where, in which version.
final class Call {

    /// What takes more is given back when the client goes, and not only with its answer.
    private static final long MUCH_BYTES = 64 << 10;

    private final Request request;
    private final Connection connection;
    private final Shard here;
    private final Frame frame;
    private final ApiMeters meters;
    private final RequestMemory memory;

    private long heldBytes;

    /// Gives memory back when the client goes before its answer.
    private @Nullable Runnable whenGone;

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
        if (heldBytes > MUCH_BYTES && whenGone == null) {
            whenGone = this::letGo;
            client().onClose(whenGone);
        }
        return true;
    }

    /// Gives all of that memory back; again and again does no harm.
    void letGo() {
        memory.give(heldBytes);
        heldBytes = 0;
        if (whenGone != null) client().forget(whenGone);
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
