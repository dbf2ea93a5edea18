package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.config.ListenerSpec.Protocol;
import io.millrace.model.config.Listeners.Advertised;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenersTest {

    @Test
    void nothingSaidMeansLoopback() {
        var listeners = Listeners.of(ConfigValues.EMPTY);
        assertEquals(
                List.of(new ListenerSpec("PLAINTEXT", Protocol.PLAINTEXT, new HostPort("127.0.0.1", 9092))),
                listeners.open());
        assertEquals(List.of(new Advertised("PLAINTEXT", "127.0.0.1", 9092)), listeners.advertised());
        assertTrue(listeners.isLoopbackOnly());
    }

    @Test
    void severalListenersAreAdvertisedUnderTheirNames() {
        var listeners = read(
                "listeners", "internal://[::1]:0, EXTERNAL://:9093 ,PLAINTEXT://0.0.0.0:9094",
                "advertised.listeners", "EXTERNAL://broker.example.org:19093",
                "listener.security.protocol.map", "INTERNAL:PLAINTEXT,external:plaintext,PLAINTEXT:PLAINTEXT",
                "insecure.ok", "true");
        assertEquals(
                "[INTERNAL://[::1]:0, EXTERNAL://:9093, PLAINTEXT://0.0.0.0:9094]",
                listeners.open().toString());
        assertEquals(
                List.of(
                        new Advertised("INTERNAL", "::1", 0),
                        new Advertised("EXTERNAL", "broker.example.org", 19093),
                        new Advertised("PLAINTEXT", "", 9094)),
                listeners.advertised());
        assertEquals(false, listeners.isLoopbackOnly());
    }

    @Test
    void theFileThatComesWithKafkaIsUnderstood() {
        var listeners = read(
                "process.roles", "broker,controller",
                "listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
                "controller.listener.names", "CONTROLLER",
                "advertised.listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
                "listener.security.protocol.map",
                        "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,"
                                + "SASL_SSL:SASL_SSL");
        assertEquals("[PLAINTEXT://localhost:9092]", listeners.open().toString());
        assertEquals(1, listeners.advertised().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "PLAINTEXT://:9092 | PLAINTEXT://:9092 can be reached from other machines without encryption or access "
                        + "control; allow it with --insecure (insecure.ok=true), or listen on 127.0.0.1",
                "SSL://127.0.0.1:9093 | listener SSL speaks SSL, which this release cannot open yet; only PLAINTEXT can be "
                        + "opened",
                "SASL_SSL://:9093 | listener SASL_SSL speaks SASL_SSL, which this release cannot open yet; only PLAINTEXT "
                        + "can be opened",
                "127.0.0.1:9092 | '127.0.0.1:9092' must be NAME://HOST:PORT, say PLAINTEXT://127.0.0.1:9092",
                "PLAINTEXT://localhost | 'PLAINTEXT://localhost' has no port; write HOST:PORT",
                "PLAINTEXT://localhost:x | 'PLAINTEXT://localhost:x' has port 'x', which is no number; write HOST:PORT",
                "PLAINTEXT://localhost:65536 | 'PLAINTEXT://localhost:65536' has port 65536; ports go from 0 (any free one) "
                        + "to 65535",
                "PLAINTEXT://localhost:-1 | 'PLAINTEXT://localhost:-1' has port -1; ports go from 0 (any free one) to 65535",
                "PLAINTEXT://::1:9092 | 'PLAINTEXT://::1:9092' has an IPv6 address without brackets; write [ADDRESS]:PORT",
                "PLAINTEXT://[localhost]:9092 | 'PLAINTEXT://[localhost]:9092' has brackets around what is no IPv6 address",
                "PLAINTEXT://a b:9092 | 'PLAINTEXT://a b:9092' has characters in its host that no host name has",
                "INSIDE://localhost:9092 | listener INSIDE is not in listener.security.protocol.map; add INSIDE:PLAINTEXT "
                        + "there",
                "PLAINTEXT://localhost:1,plaintext://localhost:2 | names listener PLAINTEXT twice",
                "~~ | has no listener for clients; write NAME://HOST:PORT"
            })
    void whatIsWrongIsSaid(String listeners, String sentence) {
        assertEquals(
                List.of(new Listeners.Complaint("listeners", sentence)),
                Listeners.complaints(ConfigValues.of(Map.of("listeners", listeners))));
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        var values = ConfigValues.of(Map.of(
                "listeners", "A://localhost:1,B://localhost:1,SSL://localhost:2",
                "advertised.listeners", "A://0.0.0.0:1,B://x:1,B://y:1,C://z:1",
                "listener.security.protocol.map", "A:PLAINTEXT,B:PLAINTEXT,SSL:SSL,D:TLS,D,A:SSL",
                "http.listen", "here"));
        assertEquals(
                List.of(
                        "listener.security.protocol.map: 'D:TLS' must be NAME:PROTOCOL with PLAINTEXT, SSL, "
                                + "SASL_PLAINTEXT or SASL_SSL",
                        "listener.security.protocol.map: 'D' must be NAME:PROTOCOL with PLAINTEXT, SSL, "
                                + "SASL_PLAINTEXT or SASL_SSL",
                        "listener.security.protocol.map: names listener A twice",
                        "listeners: listener A speaks SSL, which this release cannot open yet; only PLAINTEXT can be "
                                + "opened",
                        "listeners: listeners A and B have the same address localhost:1",
                        "listeners: listener SSL speaks SSL, which this release cannot open yet; only PLAINTEXT can "
                                + "be opened",
                        "advertised.listeners: 'A://0.0.0.0:1' has no host that clients could connect to",
                        "advertised.listeners: names listener B twice",
                        "advertised.listeners: names C, which is not in listeners",
                        "http.listen: 'here' has no port; write HOST:PORT"),
                Listeners.complaints(values).stream()
                        .map(complaint -> complaint.setting() + ": " + complaint.sentence())
                        .toList());
        assertThrows(IllegalArgumentException.class, () -> Listeners.of(values));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "localhost",
                "LocalHost",
                "[::1]",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]"
            })
    void loopbackNeedsNoFlag(String host) {
        assertTrue(HostPort.parse(host + ":9092").isLoopback());
        assertTrue(read("listeners", "PLAINTEXT://" + host + ":9092").isLoopbackOnly());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0.0.0.0", "[::]", "0", "[0:0:0:0:0:0:0:0]"})
    void someHostsMeanAllInterfaces(String host) {
        var at = HostPort.parse(host + ":9092");
        assertTrue(at.isEverywhere());
        assertEquals(false, at.isLoopback());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.1", "example.org", "[fe80::1%eth0]", "[1::1]", "127.0.0.1.example.org", "128.0.0.1"})
    void otherHostsAreNeither(String host) {
        var at = HostPort.parse(host + ":9092");
        assertEquals(false, at.isEverywhere());
        assertEquals(false, at.isLoopback());
        assertEquals(host + ":9092", at.toString());
    }

    @Test
    void theWebDoorFollowsTheSameRule() {
        assertEquals(Optional.of(new HostPort("127.0.0.1", 9644)), Listeners.http(ConfigValues.EMPTY));
        assertEquals(Optional.empty(), Listeners.http(ConfigValues.of(Map.of("http.listen", "off"))));
        assertEquals(
                List.of(new Listeners.Complaint(
                        "http.listen",
                        ":9644 can be reached from other machines without encryption or access control; allow it with "
                                + "--insecure (insecure.ok=true), or listen on 127.0.0.1")),
                Listeners.complaints(ConfigValues.of(Map.of("http.listen", ":9644"))));
    }

    private static Listeners read(String... pairs) {
        var texts = new HashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) texts.put(pairs[i], pairs[i + 1]);
        return Listeners.of(ConfigValues.of(texts));
    }
}
