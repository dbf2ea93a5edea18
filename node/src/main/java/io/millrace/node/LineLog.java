package io.millrace.node;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// The node's own writer behind SLF4J: one stream of lines on standard error, and nothing to configure
/// but the level.
///
/// Levels are settled when a logger is made, so that a line nobody sees costs a comparison. Of the
/// libraries only what an operator must know is shown. Any thread.
public final class LineLog implements SLF4JServiceProvider {

    /// Our own rooms show this and above: `error`, `warn`, `info` (the default), `debug` or `trace`.
    private static final String LEVEL = "millrace.log.level";

    private final ConcurrentHashMap<String, Logger> loggers = new ConcurrentHashMap<>();
    private final Level own = Level.valueOf(level());
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /// Called by SLF4J.
    public LineLog() {}

    /// Makes this the writer of all loggers of this process. Must come before the first of them.
    ///
    /// @throws StartRefused when the level that was asked for is none
    static void install() throws StartRefused {
        if (Stream.of(Level.values()).noneMatch(known -> known.name().equals(level()))) {
            throw StartRefused.usage("-D%s is none of error, warn, info, debug, trace".formatted(LEVEL));
        }
        System.setProperty("slf4j.provider", LineLog.class.getName());
        System.setProperty("slf4j.internal.verbosity", "WARN");
    }

    private static String level() {
        return System.getProperty(LEVEL, "info").toUpperCase(Locale.ROOT);
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, _ -> new LineLogger(name, levelOf(name)));
    }

    private Level levelOf(String name) {
        if (name.startsWith("org.apache.ratis.")) return Level.ERROR;
        return name.startsWith("io.millrace.") ? own : Level.WARN;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // Everything is there when it is made.
    }
}
