package io.millrace.broker;

import io.millrace.net.Connection;
import io.millrace.net.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A client's connection, as the door sees it. It remembers why it was closed.
final class Caller implements Connection {

    private final Loop loop;
    private @Nullable Object attachment;

    /// Empty while it is open.
    String closedBecause = "";

    Caller(Loop loop) {
        this.loop = loop;
    }

    /// The client hangs up.
    void goAway() {
        Client.of(this).closed();
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public InetSocketAddress remote() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
    }

    @Override
    public InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 9_092);
    }

    @Override
    public String listener() {
        return Calls.LISTENER;
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public void attach(Object attachment) {
        this.attachment = attachment;
    }

    @Override
    public void close(String why) {
        if (closedBecause.isEmpty()) closedBecause = why;
    }
}
