package io.millrace.disk;

import java.io.IOException;

/// A write did not fit on the disk. Unlike after any other failure of a write, the disk is as good as
/// before, and what it had stays as it is; only what was being written is not whole.
public final class DiskFullException extends IOException {

    private static final long serialVersionUID = 1;

    public DiskFullException(String message, IOException cause) {
        super(message, cause);
    }

    public DiskFullException(String message) {
        super(message);
    }
}
