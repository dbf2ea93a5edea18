package io.millrace.node;

import io.millrace.broker.KafkaDoor;
import io.millrace.metadata.Endpoint;
import io.millrace.model.config.HostPort;
import io.millrace.model.config.ListenerSpec;
import io.millrace.net.Loops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The addresses where Kafka clients connect: settled before anything is built, opened when there is
/// something to answer with.
final class Doors {

    private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

    /// A listener and the address it has: the port asked for, or a free one.
    private record Door(ListenerSpec spec, InetSocketAddress address) {}

    private final List<Door> doors;

    private Doors(List<Door> doors) {
        this.doors = doors;
    }

    /// Settles on the addresses.
    ///
    /// @throws StartRefused when one is taken, or there is no such host
    static Doors settle(List<ListenerSpec> listeners) throws StartRefused {
        var doors = new ArrayList<Door>();
        for (var spec : listeners) doors.add(new Door(spec, probe(spec)));
        return new Doors(doors);
    }

    private static InetSocketAddress probe(ListenerSpec spec) throws StartRefused {
        try {
            return probe(spec.at());
        } catch (UnknownHostException e) {
            throw new StartRefused(
                    "listener %s: host %s is not known"
                            .formatted(spec.name(), spec.at().host()),
                    e);
        } catch (IOException e) {
            throw taken(spec.at().toString(), e);
        }
    }

    /// The address of `at`, where one can listen now; port 0 becomes a free one.
    ///
    /// @throws UnknownHostException when there is no such host
    /// @throws IOException          when the address is taken, or not this machine's
    static InetSocketAddress probe(HostPort at) throws IOException {
        var address =
                at.host().isEmpty() ? new InetSocketAddress(at.port()) : new InetSocketAddress(at.host(), at.port());
        if (address.isUnresolved()) throw new UnknownHostException("there is no host " + at.host());
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
            return new InetSocketAddress(address.getAddress(), probe.getLocalPort());
        }
    }

    /// Lets clients in from here on; what this returns shuts them out again.
    AutoCloseable open(Loops loops, KafkaDoor door) throws StartRefused {
        var opened = new Undo();
        for (var one : doors) {
            try {
                opened.later(loops.listen(one.address(), one.spec().name(), door));
            } catch (IOException e) {
                opened.close();
                throw taken(text(one.address()), e);
            }
        }
        return opened;
    }

    /// What the cluster tells clients of this node.
    List<Endpoint> endpoints(Plan plan) {
        var endpoints = new ArrayList<Endpoint>();
        for (int i = 0; i < doors.size(); i++) {
            var door = doors.get(i);
            var told = plan.listeners().advertised().get(i);
            var host = told.host().isEmpty() ? hostName() : told.host();
            int port = told.port() == 0 ? door.address().getPort() : told.port();
            endpoints.add(new Endpoint(
                    told.listener(), host, port, door.spec().protocol().name()));
        }
        return endpoints;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (IOException e) {
            LOG.warn("this machine's name is not known, clients are told 127.0.0.1; set advertised.listeners", e);
            return "127.0.0.1";
        }
    }

    /// Each as HOST:PORT, the first listener first.
    List<String> addresses() {
        return doors.stream().map(door -> text(door.address())).toList();
    }

    /// The first of them, as a client on this machine reaches it.
    String local() {
        var first = doors.getFirst().address();
        return first.getAddress().isAnyLocalAddress() ? "127.0.0.1:" + first.getPort() : text(first);
    }

    /// HOST:PORT, with brackets around an address of IPv6.
    static String text(InetSocketAddress address) {
        var host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static StartRefused taken(String address, IOException e) {
        return new StartRefused(
                "cannot listen on %s (%s): is another broker running there? Stop it, or choose another --listen"
                        .formatted(address, e.getMessage()),
                e);
    }
}
