package io.millrace.net;

import io.millrace.model.Promise;

/// Whoever understands the frames.
public interface FrameHandler {

    /// A whole frame came, without its 4-byte size. On the connection's loop.
    ///
    /// The bytes stay valid and unmoved until `frame.release()`, which the handler calls exactly once, on any
    /// thread. The promise belongs to the connection's loop. Answers leave in the order of the requests,
    /// whenever their promises are kept.
    ///
    /// Whatever this throws closes that connection only, is counted and logged: an `IllegalArgumentException`
    /// as a bad request, anything else as a failure with its trace. A frame that was not released by then is
    /// released.
    Promise<Answer> onFrame(Connection connection, Frame frame);

    /// The connection is gone, on its loop, after the last [#onFrame]; once for each connection that was
    /// accepted. The promises that are still open may be kept or left: what they carry is released, not sent.
    void onClosed(Connection connection);
}
