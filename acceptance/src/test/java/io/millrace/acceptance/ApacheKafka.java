package io.millrace.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Apache Kafka as the control: one combined broker and controller, from the folder of jars that the system
/// property `acceptance.kafka.lib` names.
record ApacheKafka() implements Make {

    private static final String CLUSTER_ID = "4L6g3nShT-eMCtK--X86sw";
    private static final String LOG_SETTINGS = """
            status = warn
            appender.out.type = Console
            appender.out.name = OUT
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = [%d] %p %m (%c)%n
            rootLogger.level = warn
            rootLogger.appenderRef.out.ref = OUT
            """;

    @Override
    public void prepare(Layout layout) {
        try {
            Files.createDirectories(layout.home());
            Files.writeString(layout.home().resolve("log4j2.properties"), LOG_SETTINGS);
            Files.writeString(layout.home().resolve("server.properties"), properties(layout));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var command = java(layout, List.of());
        command.addAll(List.of("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", settingsFile(layout)));
        try (var format = Child.start("kafka format", layout.home(), command)) {
            format.succeeds();
        }
    }

    @Override
    public List<String> command(Layout layout) {
        var command = java(layout, List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of("kafka.Kafka", settingsFile(layout)));
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    private static String settingsFile(Layout layout) {
        return layout.home().resolve("server.properties").toString();
    }

    private static List<String> java(Layout layout, List<String> flags) {
        var lib = Path.of(System.getProperty("acceptance.kafka.lib", ""));
        if (!Files.isDirectory(lib) || lib.toString().isEmpty()) {
            throw new IllegalStateException("acceptance.peer=kafka needs -Dacceptance.kafka.lib=<folder of its jars>");
        }
        var command = new ArrayList<>(List.of(JavaHome.java()));
        command.addAll(flags);
        command.add("-XX:+UseSerialGC");
        command.add("-Dlog4j2.configurationFile=" + layout.home().resolve("log4j2.properties"));
        command.addAll(List.of("-cp", lib + "/*"));
        return command;
    }

    /// One node with everything not named here at Kafka's default, but for what would make a single node or a test
    /// slow.
    private static String properties(Layout layout) {
        int controller = Ports.free();
        var all = new TreeMap<>(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controller,
                "controller.listener.names", "CONTROLLER",
                "inter.broker.listener.name", "PLAINTEXT",
                "log.dirs", layout.data().toString(),
                "offsets.topic.replication.factor", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1"));
        all.put("share.coordinator.state.topic.replication.factor", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("log.segment.delete.delay.ms", "1000");
        var listeners = layout.listeners();
        all.putAll(listeners);
        all.merge("listeners", "CONTROLLER://127.0.0.1:" + controller, (ours, theirs) -> ours + "," + theirs);
        var protocols = listeners.getOrDefault("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT");
        all.put("listener.security.protocol.map", protocols + ",CONTROLLER:PLAINTEXT");
        all.putAll(layout.settings());
        return all.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
