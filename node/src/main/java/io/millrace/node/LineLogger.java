package io.millrace.node;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// A logger of [LineLog]: `2026-11-21 10:16:08.929 INFO  LogFolder: data folder /srv/data is opened`.
///
/// A line goes out in one write, so lines of several threads do not mix.
final class LineLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

    private final String shortName;
    private final Level least;

    /// @param least shown is this level, and what is worse
    LineLogger(String name, Level least) {
        this.name = name;
        this.shortName = name.substring(name.lastIndexOf('.') + 1);
        this.least = least;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String message,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        System.err.print(line(
                LocalDateTime.now(ZoneId.systemDefault()),
                level,
                MessageFormatter.basicArrayFormat(message, arguments),
                thrown));
    }

    /// With the stack trace behind it when something was thrown, and a newline at the end.
    String line(LocalDateTime now, Level level, String message, @Nullable Throwable thrown) {
        var line = new StringBuilder(TIME.format(now)).append(' ').append(level);
        if (level.toString().length() < 5) line.append(' ');
        line.append(' ').append(shortName).append(": ").append(message).append(System.lineSeparator());
        if (thrown != null) {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            line.append(trace);
        }
        return line.toString();
    }

    private boolean isShown(Level level) {
        return level.toInt() >= least.toInt();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return isShown(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isShown(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isShown(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isShown(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isShown(Level.ERROR);
    }
}
