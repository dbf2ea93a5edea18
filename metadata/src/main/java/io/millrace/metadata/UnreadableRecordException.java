package io.millrace.metadata;

/// Bytes are no metadata records, or records of a newer release.
public final class UnreadableRecordException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UnreadableRecordException(String message) {
        super(message);
    }

    UnreadableRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
