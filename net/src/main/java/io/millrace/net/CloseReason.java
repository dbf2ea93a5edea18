package io.millrace.net;

import java.util.Locale;
import org.slf4j.event.Level;

/// Why connections end, as they are counted; and how loud the log is about it.
enum CloseReason {
    PEER(Level.DEBUG),
    IDLE(Level.DEBUG),
    LISTENER(Level.DEBUG),
    ASKED(Level.INFO),
    IO(Level.WARN),
    FRAME_SIZE(Level.WARN),
    FRAME_STALLED(Level.WARN),
    ANSWERS_STALLED(Level.WARN),
    BAD_REQUEST(Level.WARN),
    FAILURE(Level.WARN),
    TOO_MANY(Level.WARN),
    TOO_MANY_FROM_ADDRESS(Level.WARN);

    private final Level level;

    CloseReason(Level level) {
        this.level = level;
    }

    Level level() {
        return level;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
