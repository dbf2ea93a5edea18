package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LineLoggerTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 21, 10, 16, 8, 29_000_000);

    @Test
    void aLineHasTimeLevelAndWhoSaysIt() {
        var logger = new LineLogger("io.millrace.log.LogFolder", Level.INFO);
        assertEquals(
                "2026-11-21 10:16:08.029 INFO  LogFolder: opened" + System.lineSeparator(),
                logger.line(NOW, Level.INFO, "opened", null));
        assertEquals(
                "2026-11-21 10:16:08.029 ERROR LogFolder: lost" + System.lineSeparator(),
                logger.line(NOW, Level.ERROR, "lost", null));
    }

    @Test
    void whatWasThrownStandsBehindIt() {
        var line = new LineLogger("a.B", Level.INFO).line(NOW, Level.WARN, "failed", new IOException("why"));
        assertTrue(
                line.startsWith("2026-11-21 10:16:08.029 WARN  B: failed" + System.lineSeparator()
                        + "java.io.IOException: why" + System.lineSeparator()),
                line);
        assertTrue(line.contains("\tat "), line);
    }

    @Test
    void ofLibrariesOnlyWhatAnOperatorMustKnowIsShown() {
        var loggers = new LineLog().getLoggerFactory();
        assertTrue(loggers.getLogger("io.millrace.node.House").isInfoEnabled());
        assertFalse(loggers.getLogger("io.millrace.node.House").isDebugEnabled());
        assertTrue(loggers.getLogger("org.apache.kafka.common.X").isWarnEnabled());
        assertFalse(loggers.getLogger("org.apache.kafka.common.X").isInfoEnabled());
        assertTrue(loggers.getLogger("org.apache.ratis.server.X").isErrorEnabled());
        assertFalse(loggers.getLogger("org.apache.ratis.server.X").isWarnEnabled());
    }
}
