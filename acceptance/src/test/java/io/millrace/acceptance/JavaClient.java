package io.millrace.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A kafka-clients of some release in a JVM of its own, running one of the programs in `acceptance.client`.
enum JavaClient {
    V2_1("2.1.1"),
    V2_8("2.8.2"),
    V4_4("4.4.0");

    private final String version;

    JavaClient(String version) {
        this.version = version;
    }

    @Override
    public String toString() {
        return "kafka-clients " + version;
    }

    /// `settings` are the program's `name=value` pairs.
    Child start(String program, BrokerProcess broker, Map<String, String> settings) {
        return start(program, broker.bootstrap(), settings);
    }

    Child start(String program, String bootstrap, Map<String, String> settings) {
        var command =
                new ArrayList<>(List.of(JavaHome.java(), "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.addAll(List.of("-cp", classPath(), "io.millrace.acceptance.client." + program));
        command.add("bootstrap=" + bootstrap);
        settings.forEach((name, value) -> command.add(name + "=" + value));
        return Child.start(this + " " + program, Path.of("."), command);
    }

    /// The test JVM has the newest client on its own class path; an older one never meets it.
    private String classPath() {
        if (this == V4_4) return System.getProperty("java.class.path");
        var target = Path.of(System.getProperty("acceptance.target", "target")).toAbsolutePath();
        var jars = target.resolve("old-clients").resolve(version);
        if (!Files.isDirectory(jars)) throw new IllegalStateException(jars + " is not there: mvn verify fills it");
        return target.resolve("test-classes") + ":" + jars + "/*";
    }
}
