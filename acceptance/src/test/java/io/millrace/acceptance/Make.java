package io.millrace.acceptance;

import java.util.List;
import java.util.Map;

/// A make of broker: how one is laid out on disk and started.
sealed interface Make permits Millrace, ApacheKafka {

    /// The make that this run is about: the system property `acceptance.peer`, `millrace` or `kafka`.
    static Make underTest() {
        var peer = System.getProperty("acceptance.peer", "millrace");
        return switch (peer) {
            case "millrace" -> new Millrace();
            case "kafka" -> new ApacheKafka();
            default -> throw new IllegalArgumentException("acceptance.peer is millrace or kafka, not " + peer);
        };
    }

    /// What must be done once before the first start on this layout.
    void prepare(Layout layout);

    List<String> command(Layout layout);

    Map<String, String> environment();
}
