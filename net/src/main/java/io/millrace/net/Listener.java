package io.millrace.net;

import java.net.InetSocketAddress;

/// An address on which connections are accepted.
public interface Listener extends AutoCloseable {

    /// Where it listens, with the real port.
    InetSocketAddress address();

    /// Stops accepting and closes the listener's connections. Outside of the loops it returns when that is
    /// done; on a loop it returns at once. A second call does nothing.
    @Override
    void close();
}
