package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Idempotent producers whose connections are cut in the middle: every record once, in order for each key.
///
/// The broker has two listeners, and tells those who come by the second that it is where the [Cutter] is.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutConnectionsScenario {

    private static final int RECORDS = 20_000;
    private static final int KEYS = 20;
    private static final int FEWEST_CUTS = 5;

    private final long seed = Long.getLong("acceptance.seed", System.nanoTime());
    private final Cutter cutter = new Cutter(seed);
    private final BrokerProcess broker = start(cutter);

    private static BrokerProcess start(Cutter cutter) {
        return BrokerProcess.start(Map.of(), new Layout.Detour(Ports.free(), cutter.port()));
    }

    @BeforeAll
    void lead() {
        System.out.println("cuts: -Dacceptance.seed=" + seed);
        cutter.leadTo(broker.layout().detour().port());
    }

    @AfterAll
    void stop() throws IOException {
        broker.close();
        cutter.close();
    }

    @Test
    void theJavaProducer() {
        var topic = Topics.create(broker, "cut-java", 4);
        int before = cutter.cuts();
        var settings = new HashMap<>(Map.of(
                "topic", topic,
                "count", Integer.toString(RECORDS),
                "keys", Integer.toString(KEYS),
                "plain", "true",
                "client.enable.idempotence", "true",
                "client.acks", "all",
                "client.max.in.flight.requests.per.connection", "5",
                "client.linger.ms", "1",
                "client.batch.size", "1000"));
        settings.putAll(Map.of(
                "client.retry.backoff.ms", "5",
                "client.retry.backoff.max.ms", "50",
                "client.reconnect.backoff.ms", "5",
                "client.reconnect.backoff.max.ms", "20"));
        try (var producer = JavaClient.V4_4.start("ProduceProgram", broker.detourBootstrap(), settings)) {
            producer.succeeds();
            assertTrue(cutter.cuts() - before >= FEWEST_CUTS, "cuts: " + (cutter.cuts() - before));
            var records = Topics.readAll(broker, topic).stream().map(Seen::of).toList();
            Seen.assertEachOnceInOrder(records, RECORDS);
            assertAcknowledgedWhereTheyAre(producer.lines("ack"), records);
        }
    }

    @Test
    void librdkafka(@TempDir Path folder) throws Exception {
        var topic = Topics.create(broker, "cut-kcat", 4);
        int before = cutter.cuts();
        var lines = new ArrayList<String>();
        for (int i = 0; i < RECORDS; i++) lines.add("k" + i % KEYS + ":" + i);
        var file = Files.write(folder.resolve("lines"), lines);
        var arguments = new ArrayList<>(List.of("-E", "-P", "-t", topic, "-K:", "-l", file.toString()));
        List.of(
                        "enable.idempotence=true",
                        "max.in.flight=5",
                        "linger.ms=1",
                        "batch.num.messages=20",
                        "retry.backoff.ms=5",
                        "reconnect.backoff.ms=5",
                        "reconnect.backoff.max.ms=20")
                .forEach(setting -> arguments.addAll(List.of("-X", setting)));
        try (var producer = Kcat.start(broker.detourBootstrap(), arguments)) {
            producer.succeeds();
        }
        assertTrue(cutter.cuts() - before >= FEWEST_CUTS, "cuts: " + (cutter.cuts() - before));

        var numbers = new TreeMap<String, List<Integer>>();
        for (var record : Topics.readAll(broker, topic)) {
            numbers.computeIfAbsent(new String(record.key(), StandardCharsets.UTF_8), _ -> new ArrayList<>())
                    .add(Integer.valueOf(new String(record.value(), StandardCharsets.UTF_8)));
        }
        assertEquals(KEYS, numbers.size());
        numbers.forEach((key, ofKey) -> {
            var expected = new ArrayList<Integer>();
            for (int i = Integer.parseInt(key.substring(1)); i < RECORDS; i += KEYS) expected.add(i);
            assertEquals(expected, ofKey, "key " + key);
        });
    }

    private static void assertAcknowledgedWhereTheyAre(List<String> acks, List<Seen> records) {
        var places = new HashMap<String, String>();
        for (var record : records) {
            places.put(Integer.toString(record.seq()), record.partition() + " " + record.offset());
        }
        for (var ack : acks) {
            int blank = ack.indexOf(' ');
            assertEquals(places.get(ack.substring(0, blank)), ack.substring(blank + 1), "record " + ack);
        }
        assertEquals(RECORDS, acks.size());
    }
}
