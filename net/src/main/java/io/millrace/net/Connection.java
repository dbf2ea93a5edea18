package io.millrace.net;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// One accepted connection, as its handler sees it.
public interface Connection {

    /// A number that no other connection of this process has.
    long id();

    /// The loop that owns the connection.
    Loop loop();

    InetSocketAddress remote();

    InetSocketAddress local();

    /// The name of the listener that accepted it.
    String listener();

    /// What the handler attached last. Loop thread only.
    @Nullable
    Object attachment();

    /// Keeps `attachment` for the handler. Loop thread only.
    void attach(Object attachment);

    /// Closes the connection; answers that were not sent are dropped. Any thread; later calls do nothing.
    ///
    /// @param why for the log
    void close(String why);
}
