package io.millrace.log;

import java.io.IOException;

/// A segment holds something else than whole batches where records were promised to be.
final class DamagedSegment extends IOException {

    private static final long serialVersionUID = 1;

    private final long baseOffset;

    /// @param baseOffset of the segment
    DamagedSegment(long baseOffset, String message) {
        super(message);
        this.baseOffset = baseOffset;
    }

    long baseOffset() {
        return baseOffset;
    }
}
