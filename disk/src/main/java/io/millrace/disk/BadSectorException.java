package io.millrace.disk;

import java.io.IOException;

/// Bytes of a file cannot be read, because the disk does not give them any more. The file is there, and
/// its other bytes may be as good as ever.
public final class BadSectorException extends IOException {

    private static final long serialVersionUID = 1;

    public BadSectorException(String message, IOException cause) {
        super(message, cause);
    }

    public BadSectorException(String message) {
        super(message);
    }
}
