package io.millrace.wire;

/// A request that would take more memory than it may. It was not read to its end, so the connection must close.
public final class RequestTooLarge extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public RequestTooLarge(String message) {
        super(message);
    }
}
