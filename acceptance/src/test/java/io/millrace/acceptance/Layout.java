package io.millrace.acceptance;

import java.nio.file.Path;
import java.util.Map;

/// Where one broker keeps its things and where it listens, the same over all its starts.
///
/// @param home     a folder of its own for everything
/// @param port     where clients connect, on 127.0.0.1
/// @param httpPort health and metrics, on 127.0.0.1
/// @param detour   a second listener, for clients that are led through something
/// @param settings by their Kafka names
record Layout(Path home, int port, int httpPort, Detour detour, Map<String, String> settings) {

    /// A listener that tells its clients another port than the one it listens on. Port 0: there is none.
    record Detour(int port, int advertisedPort) {

        static final Detour NONE = new Detour(0, 0);

        boolean isThere() {
            return port != 0;
        }
    }

    Path data() {
        return home.resolve("data");
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /// The `listeners` and `advertised.listeners` settings that say the same, without Kafka's controller.
    Map<String, String> listeners() {
        var main = "PLAINTEXT://" + bootstrap();
        if (!detour.isThere()) return Map.of("listeners", main, "advertised.listeners", main);
        return Map.of(
                "listeners", main + ",DETOUR://127.0.0.1:" + detour.port(),
                "advertised.listeners", main + ",DETOUR://127.0.0.1:" + detour.advertisedPort(),
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,DETOUR:PLAINTEXT");
    }
}
