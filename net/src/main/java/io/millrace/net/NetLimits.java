package io.millrace.net;

import java.time.Duration;

/// What peers may take.
///
/// @param maxFrameBytes               the largest request, without its size field
/// @param maxConnections              open at once, over all listeners
/// @param maxConnectionsPerIp         open at once from one address
/// @param maxInFlightPerConnection    requests of one connection whose answers have not left
/// @param maxRequestBytesTotal        memory of requests that are being received or have not been released,
///                                    over all loops; see `Inbound` for what comes on top
/// @param maxAnswerBytesPerConnection reading stops when answers that were not sent hold more than this
/// @param idle                        a connection without traffic and without an open request is closed after
///                                    this
/// @param frameStall                  a frame that was begun must grow within each such period, else it is closed
public record NetLimits(
        int maxFrameBytes,
        int maxConnections,
        int maxConnectionsPerIp,
        int maxInFlightPerConnection,
        long maxRequestBytesTotal,
        long maxAnswerBytesPerConnection,
        Duration idle,
        Duration frameStall) {

    /// Smaller request memory than this could not hold the receive buffers of a loop.
    public static final long MIN_REQUEST_BYTES_TOTAL = 4 << 20;

    /// A frame and its size field must fit into one buffer.
    public static final int MAX_FRAME_BYTES = Integer.MAX_VALUE - 16;

    public NetLimits {
        atLeast("maxFrameBytes", maxFrameBytes, 1);
        if (maxFrameBytes > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("maxFrameBytes must be at most " + MAX_FRAME_BYTES);
        }
        atLeast("maxConnections", maxConnections, 1);
        atLeast("maxConnectionsPerIp", maxConnectionsPerIp, 1);
        atLeast("maxInFlightPerConnection", maxInFlightPerConnection, 1);
        atLeast("maxRequestBytesTotal", maxRequestBytesTotal, MIN_REQUEST_BYTES_TOTAL);
        atLeast("maxAnswerBytesPerConnection", maxAnswerBytesPerConnection, 1);
        atLeast("idle in ms", idle.toMillis(), 1);
        atLeast("frameStall in ms", frameStall.toMillis(), 1);
    }

    /// With the usual period for a frame that stalls: 30 s.
    public NetLimits(
            int maxFrameBytes,
            int maxConnections,
            int maxConnectionsPerIp,
            int maxInFlightPerConnection,
            long maxRequestBytesTotal,
            long maxAnswerBytesPerConnection,
            Duration idle) {
        this(
                maxFrameBytes,
                maxConnections,
                maxConnectionsPerIp,
                maxInFlightPerConnection,
                maxRequestBytesTotal,
                maxAnswerBytesPerConnection,
                idle,
                Duration.ofSeconds(30));
    }

    /// Frames of 100 MiB, 10,000 connections, 1,000 from one address, 256 requests and 2 MiB of answers each, a
    /// tenth of the heap's limit (64 MiB at least) for requests, 10 minutes of idleness.
    public static NetLimits defaults() {
        long requests = Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 10);
        return new NetLimits(100 << 20, 10_000, 1_000, 256, requests, 2 << 20, Duration.ofMinutes(10));
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
    }
}
