package io.millrace.model.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where a server listens and what it tells clients about it, out of `listeners`, `advertised.listeners`,
/// `listener.security.protocol.map` and `controller.listener.names`.
///
/// @param open       the listeners to open, at least one
/// @param advertised what clients are told, one for each of `open`, in the same order
public record Listeners(List<ListenerSpec> open, List<Advertised> advertised) {

    /// The address that clients of one listener are told.
    ///
    /// @param listener the listener's name
    /// @param host     empty when nobody said one: then the machine's own name
    /// @param port     0 for the port that the listener really got
    public record Advertised(String listener, String host, int port) {}

    /// What is wrong with one setting: a whole sentence without the setting's name.
    public record Complaint(String setting, String sentence) {}

    public Listeners {
        open = List.copyOf(open);
        advertised = List.copyOf(advertised);
    }

    /// Whether only this machine can reach the server.
    public boolean isLoopbackOnly() {
        return open.stream().allMatch(listener -> listener.at().isLoopback());
    }

    /// @throws IllegalArgumentException with everything that [#complaints] finds
    public static Listeners of(ConfigValues values) {
        var reading = new Reading(values);
        if (!reading.complaints.isEmpty())
            throw new IllegalArgumentException(String.join(
                    "; ",
                    reading.complaints.stream()
                            .map(complaint -> complaint.setting + ": " + complaint.sentence)
                            .toList()));
        return new Listeners(reading.open, reading.advertised);
    }

    /// Everything that is wrong with the listeners; empty when they can be opened.
    public static List<Complaint> complaints(ConfigValues values) {
        return List.copyOf(new Reading(values).complaints);
    }

    /// The address of the web door, or nothing when it is off.
    ///
    /// @throws IllegalArgumentException when `http.listen` is neither an address nor `off`; a half sentence
    public static Optional<HostPort> http(ConfigValues values) {
        var text = values.get(ServerSettings.HTTP_LISTEN);
        return text.equals("off") ? Optional.empty() : Optional.of(HostPort.parse(text));
    }

    /// One pass over the settings, which notes what is wrong and goes on.
    private static final class Reading {

        private final List<ListenerSpec> open = new ArrayList<>();
        private final List<Advertised> advertised = new ArrayList<>();
        private final List<Complaint> complaints = new ArrayList<>();
        private final Map<String, ListenerSpec.Protocol> protocols;
        private final List<String> controllers;

        Reading(ConfigValues values) {
            protocols = readProtocols(values.get(ServerSettings.PROTOCOL_MAP));
            controllers = values.get(ServerSettings.CONTROLLER_LISTENERS).stream()
                    .map(name -> name.toUpperCase(Locale.ROOT))
                    .toList();
            readListeners(values.get(ServerSettings.LISTENERS));
            readAdvertised(values.get(ServerSettings.ADVERTISED_LISTENERS));
            if (!values.get(ServerSettings.INSECURE)) open.forEach(this::refuseOpenPlaintext);
            readHttp(values);
        }

        private Map<String, ListenerSpec.Protocol> readProtocols(String items) {
            var map = new HashMap<String, ListenerSpec.Protocol>();
            for (var item : items.isBlank() ? List.<String>of() : List.of(items.split(",", -1))) {
                int colon = item.indexOf(':');
                var name = colon < 0 ? "" : item.substring(0, colon).trim().toUpperCase(Locale.ROOT);
                var protocol = item.substring(colon + 1).trim().toUpperCase(Locale.ROOT);
                try {
                    if (name.isEmpty()) throw new IllegalArgumentException("no name");
                    var before = map.put(name, ListenerSpec.Protocol.valueOf(protocol));
                    if (before != null) complain(ServerSettings.PROTOCOL_MAP, "names listener " + name + " twice");
                } catch (IllegalArgumentException _) {
                    complain(
                            ServerSettings.PROTOCOL_MAP,
                            "'%s' must be NAME:PROTOCOL with PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
                                    .formatted(item));
                }
            }
            return map;
        }

        private void readListeners(List<String> items) {
            var names = new HashSet<String>();
            var places = new HashMap<HostPort, String>();
            for (var item : items) {
                var read = split(ServerSettings.LISTENERS, item);
                if (read.isEmpty()) continue;
                var name = read.get().name;
                var at = read.get().at;
                if (!names.add(name)) {
                    complain(ServerSettings.LISTENERS, "names listener " + name + " twice");
                } else if (!controllers.contains(name)) {
                    var other = at.port() == 0 ? null : places.put(at, name);
                    if (other != null)
                        complain(
                                ServerSettings.LISTENERS,
                                "listeners %s and %s have the same address %s".formatted(other, name, at));
                    add(name, at);
                }
            }
            if (open.isEmpty() && complaints.isEmpty())
                complain(ServerSettings.LISTENERS, "has no listener for clients; write NAME://HOST:PORT");
        }

        private void add(String name, HostPort at) {
            var protocol = protocols.get(name);
            if (protocol == null) {
                complain(
                        ServerSettings.LISTENERS,
                        "listener %s is not in listener.security.protocol.map; add %s:PLAINTEXT there"
                                .formatted(name, name));
                return;
            }
            if (protocol != ListenerSpec.Protocol.PLAINTEXT)
                complain(
                        ServerSettings.LISTENERS,
                        "listener %s speaks %s, which this release cannot open yet; only PLAINTEXT can be opened"
                                .formatted(name, protocol));
            open.add(new ListenerSpec(name, protocol, at));
        }

        private void readAdvertised(List<String> items) {
            var told = new HashMap<String, HostPort>();
            for (var item : items) {
                var read = split(ServerSettings.ADVERTISED_LISTENERS, item);
                if (read.isEmpty()) continue;
                var name = read.get().name;
                var at = read.get().at;
                if (controllers.contains(name)) continue;
                if (open.stream().noneMatch(listener -> listener.name().equals(name)))
                    complain(ServerSettings.ADVERTISED_LISTENERS, "names " + name + ", which is not in listeners");
                else if (at.isEverywhere())
                    complain(
                            ServerSettings.ADVERTISED_LISTENERS,
                            "'%s' has no host that clients could connect to".formatted(item));
                else if (told.put(name, at) != null)
                    complain(ServerSettings.ADVERTISED_LISTENERS, "names listener " + name + " twice");
            }
            for (var listener : open) {
                var at = told.getOrDefault(listener.name(), listener.at());
                advertised.add(new Advertised(listener.name(), at.isEverywhere() ? "" : at.host(), at.port()));
            }
        }

        private void refuseOpenPlaintext(ListenerSpec listener) {
            if (listener.protocol() == ListenerSpec.Protocol.PLAINTEXT
                    && !listener.at().isLoopback())
                complain(ServerSettings.LISTENERS, openToOthers(listener.toString()));
        }

        private void readHttp(ConfigValues values) {
            try {
                var at = http(values);
                if (at.isPresent() && !at.get().isLoopback() && !values.get(ServerSettings.INSECURE))
                    complain(ServerSettings.HTTP_LISTEN, openToOthers(at.get().toString()));
            } catch (IllegalArgumentException e) {
                complain(
                        ServerSettings.HTTP_LISTEN,
                        "'%s' %s".formatted(values.get(ServerSettings.HTTP_LISTEN), e.getMessage()));
            }
        }

        private static String openToOthers(String place) {
            return ("%s can be reached from other machines without encryption or access control; allow it with "
                            + "--insecure (insecure.ok=true), or listen on 127.0.0.1")
                    .formatted(place);
        }

        private record Named(String name, HostPort at) {}

        private Optional<Named> split(ConfigKey<?> key, String item) {
            int mark = item.indexOf("://");
            var name = mark < 0 ? "" : item.substring(0, mark).trim().toUpperCase(Locale.ROOT);
            if (!name.matches("[A-Z0-9_.\\-]{1,255}")) {
                complain(key, "'%s' must be NAME://HOST:PORT, say PLAINTEXT://127.0.0.1:9092".formatted(item));
                return Optional.empty();
            }
            try {
                return Optional.of(new Named(name, HostPort.parse(item.substring(mark + "://".length()))));
            } catch (IllegalArgumentException e) {
                complain(key, "'%s' %s".formatted(item, e.getMessage()));
                return Optional.empty();
            }
        }

        private void complain(ConfigKey<?> key, String sentence) {
            complaints.add(new Complaint(key.name(), sentence));
        }
    }
}
