package io.millrace.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How to reach a cluster: the options every command shares that asks one.
final class Connect {

    static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";
    private static final int DEFAULT_PORT = 9092;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration PROBE = Duration.ofSeconds(3);

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Broker to ask first; several with commas. Default: MILLRACE_BOOTSTRAP, else 127.0.0.1:9092.")
    @Nullable
    String bootstrap;

    @Option(names = "--bootstrap-server", hidden = true, description = "What Kafka's tools call --bootstrap.")
    void bootstrapServer(@Nullable String servers) {
        if (servers != null) bootstrap = servers;
    }

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties for the Kafka client, such as security.protocol.")
    @Nullable
    Path commandConfig;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = Durations.Converter.class,
            description = "How long to wait for an answer: 500ms, 10s, 2m. Default: 15s.")
    Duration timeout = DEFAULT_TIMEOUT;

    Duration timeout() {
        return timeout;
    }

    /// The addresses as the user knows them, for messages.
    String shown(Surroundings around) {
        return bootstrap != null
                ? bootstrap
                : around.environment().getOrDefault("MILLRACE_BOOTSTRAP", DEFAULT_BOOTSTRAP);
    }

    Admin admin(Surroundings around) throws Failure {
        return Admin.create(properties(around));
    }

    /// Client properties: quiet and impatient ones of ours, then those of the file, then what the flags say.
    ///
    /// Nobody waits for a broker that is not there: an address that refuses is a failure at once.
    Map<String, Object> properties(Surroundings around) throws Failure {
        var properties = new HashMap<String, Object>();
        int timeoutMs = Math.toIntExact(timeout.toMillis());
        properties.put("client.id", "millrace-cli");
        properties.put("default.api.timeout.ms", timeoutMs);
        properties.put("request.timeout.ms", Math.min(30_000, timeoutMs));
        properties.put("socket.connection.setup.timeout.ms", Math.min(10_000, timeoutMs));
        properties.put("metric.reporters", "");
        properties.put("enable.metrics.push", "false");
        properties.put("bootstrap.servers", shown(around));
        properties.putAll(file());
        if (bootstrap != null) properties.put("bootstrap.servers", bootstrap);

        var addresses = addresses(String.valueOf(properties.get("bootstrap.servers")));
        properties.put("bootstrap.servers", String.join(",", addresses));
        probe(addresses);
        return properties;
    }

    /// A cluster's addresses, each as HOST:PORT; a missing port is 9092.
    static List<String> addresses(String text) throws Failure {
        var addresses = new ArrayList<String>();
        for (var part : text.split(",", -1)) {
            var address = part.strip();
            if (address.isEmpty()) continue;
            addresses.add(hasPort(address) ? address : address + ":" + DEFAULT_PORT);
        }
        for (var address : addresses) socketAddress(address);
        if (addresses.isEmpty()) throw Failure.usage("--bootstrap names no HOST:PORT: '" + text + "'");
        return addresses;
    }

    private static boolean hasPort(String address) {
        int colon = address.lastIndexOf(':');
        return colon >= 0 && !address.endsWith("]") && (address.indexOf(':') == colon || address.startsWith("["));
    }

    private static InetSocketAddress socketAddress(String address) throws Failure {
        int colon = address.lastIndexOf(':');
        var host = address.substring(0, colon);
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            if (host.isEmpty() || port < 1) throw new IllegalArgumentException("no host, or port 0");
            return InetSocketAddress.createUnresolved(host, port);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Exit.USAGE, "'" + address + "' is not HOST:PORT", "for example: --bootstrap 127.0.0.1:9092", e);
        }
    }

    /// Returns when one of `addresses` takes a connection; fails with what each of them said.
    private void probe(List<String> addresses) throws Failure {
        var patience = timeout.compareTo(PROBE) < 0 ? timeout : PROBE;
        var said = new ArrayList<String>();
        for (var address : addresses) {
            var at = socketAddress(address);
            var resolved = new InetSocketAddress(at.getHostString().replaceAll("[\\[\\]]", ""), at.getPort());
            if (resolved.isUnresolved()) {
                said.add(address + ": the host name is not known");
                continue;
            }
            try (var socket = new Socket()) {
                socket.connect(resolved, Math.toIntExact(Math.max(1, patience.toMillis())));
                return;
            } catch (IOException e) {
                said.add(address + ": " + String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT));
            }
        }
        throw new Failure(
                Exit.UNREACHABLE,
                "cannot connect to " + String.join("; ", said),
                "is a broker running? start one with: millrace start   (or name another: --bootstrap HOST:PORT)");
    }

    private Map<String, Object> file() throws Failure {
        if (commandConfig == null) return Map.of();
        var read = new Properties();
        try (var reader = Files.newBufferedReader(commandConfig)) {
            read.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            var why = Explain.file(e, commandConfig);
            throw new Failure(Exit.USAGE, "--command-config: " + why.getMessage(), null, e);
        }
        var properties = new HashMap<String, Object>();
        read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
        return properties;
    }
}
