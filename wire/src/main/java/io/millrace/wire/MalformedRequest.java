package io.millrace.wire;

/// These bytes are no request. There is no telling where the next one would begin, so the connection must close.
public final class MalformedRequest extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public MalformedRequest(String message) {
        super(message);
    }

    public MalformedRequest(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
