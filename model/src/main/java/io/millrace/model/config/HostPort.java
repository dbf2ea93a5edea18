package io.millrace.model.config;

import java.util.Locale;

/// A host and a port, as text: nothing is looked up.
///
/// @param host a name or address without brackets; empty for all interfaces
/// @param port 0 (any free port) to 65535
public record HostPort(String host, int port) {

    private static final int MAX_HOST = 255;

    public HostPort {
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("has port " + port + "; ports go from 0 (any free one) to 65535");
        if (host.length() > MAX_HOST) throw new IllegalArgumentException("has a host of more than 255 characters");
    }

    /// Reads `host:port`, `[ipv6]:port` or `:port`.
    ///
    /// @throws IllegalArgumentException when it is none of them; the message is a half sentence without a
    ///                                  subject
    public static HostPort parse(String text) {
        var trimmed = text.trim();
        int colon = trimmed.lastIndexOf(':');
        if (colon < 0) throw new IllegalArgumentException("has no port; write HOST:PORT");
        var host = trimmed.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (!host.contains(":")) throw new IllegalArgumentException("has brackets around what is no IPv6 address");
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("has an IPv6 address without brackets; write [ADDRESS]:PORT");
        }
        if (!host.matches("[0-9a-zA-Z\\-%._:]*"))
            throw new IllegalArgumentException("has characters in its host that no host name has");
        return new HostPort(host, port(trimmed.substring(colon + 1)));
    }

    /// Whether it stands for all interfaces: no host, 0.0.0.0 or ::.
    public boolean isEverywhere() {
        return host.isEmpty() || host.matches("0(\\.0){0,3}") || host.matches("[0:]*:[0:]*");
    }

    /// Whether only this machine can reach it: localhost, 127.x.x.x or ::1. Other names are not looked up
    /// and do not count.
    public boolean isLoopback() {
        var plain = host.toLowerCase(Locale.ROOT);
        if (plain.startsWith("::ffff:")) plain = plain.substring("::ffff:".length());
        return plain.equals("localhost")
                || plain.matches("127(\\.[0-9]{1,3}){3}")
                || plain.matches("(0{0,4}:){2,7}0{0,3}1");
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static int port(String text) {
        if (!text.matches("-?[0-9]{1,9}"))
            throw new IllegalArgumentException("has port '" + text + "', which is no number; write HOST:PORT");
        return Integer.parseInt(text);
    }
}
