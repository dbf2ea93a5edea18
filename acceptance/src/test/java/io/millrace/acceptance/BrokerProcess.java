package io.millrace.acceptance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// One broker, of the make under test, in a process and a temporary folder of its own. It can be killed and
/// started again on its data as often as wanted; closing it ends the process and deletes the folder.
final class BrokerProcess implements AutoCloseable {

    /// What every broker here is told; a test adds to it. Both makes know these names.
    static final Map<String, String> USUAL = Map.of(
            "auto.create.topics.enable", "false",
            "group.initial.rebalance.delay.ms", "0",
            "offsets.topic.num.partitions", "4");

    private final Make make;
    private final Layout layout;
    private Child child;

    private BrokerProcess(Make make, Layout layout) {
        this.make = make;
        this.layout = layout;
        make.prepare(layout);
        child = spawn();
        awaitReady();
    }

    /// A broker on empty data that answers already.
    static BrokerProcess start(Map<String, String> settings) {
        return start(settings, Layout.Detour.NONE);
    }

    static BrokerProcess start(Map<String, String> settings, Layout.Detour detour) {
        var layout = layout(settings, detour);
        try {
            return new BrokerProcess(Make.underTest(), layout);
        } catch (RuntimeException | Error e) {
            Folders.delete(layout.home());
            throw e;
        }
    }

    /// Where a broker could be started: a new folder and free ports.
    static Layout layout(Map<String, String> settings, Layout.Detour detour) {
        var all = new HashMap<>(USUAL);
        all.putAll(settings);
        return new Layout(Folders.temporary("broker"), Ports.free(), Ports.free(), detour, all);
    }

    String bootstrap() {
        return layout.bootstrap();
    }

    int port() {
        return layout.port();
    }

    /// Address of the second listener.
    String detourBootstrap() {
        return "127.0.0.1:" + layout.detour().advertisedPort();
    }

    /// Where health and metrics are; only our broker has it.
    URI http(String path) {
        return URI.create("http://127.0.0.1:" + layout.httpPort() + path);
    }

    Path data() {
        return layout.data();
    }

    Layout layout() {
        return layout;
    }

    Child process() {
        return child;
    }

    /// SIGKILL: it has no time to write anything.
    void kill9() {
        child.kill9();
    }

    /// SIGTERM; returns the exit code.
    int terminate() {
        child.terminate();
        return child.awaitExit(Await.LONG);
    }

    /// Starts again on the same data and ports, after an end of whatever kind. Returns when it answers.
    void restart() {
        spawnAgain();
        awaitReady();
    }

    /// Starts again and does not wait.
    void spawnAgain() {
        if (child.isAlive()) throw new IllegalStateException("is still running");
        child = spawn();
    }

    void awaitReady() {
        Await.value("an answer from the broker", Await.LONG, () -> {
            if (!child.isAlive()) {
                child.awaitExit(Await.LONG);
                throw new AssertionError("the broker ended\n" + child.transcript());
            }
            return answers() ? Optional.of(true) : Optional.empty();
        });
    }

    /// Resident memory in bytes, as the system counts it.
    long residentBytes() {
        return statusKib("VmRSS") * 1024;
    }

    private long statusKib(String name) {
        try (var lines = Files.lines(Path.of("/proc/" + child.pid() + "/status"))) {
            var line =
                    lines.filter(one -> one.startsWith(name + ":")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("[^0-9]", ""));
        } catch (IOException e) {
            throw new AssertionError("cannot read the memory of the broker\n" + child.transcript(), e);
        }
    }

    @Override
    public void close() {
        child.close();
        Folders.delete(layout.home());
    }

    private Child spawn() {
        return Child.start("broker " + layout.port(), layout.home(), make.command(layout), make.environment());
    }

    /// Does it take requests and know itself as a part of its cluster?
    private boolean answers() {
        try (var rpc = Rpc.connect(layout.port(), Duration.ofSeconds(5))) {
            var request = new MetadataRequestData().setAllowAutoTopicCreation(false);
            MetadataResponseData answer = rpc.call(ApiKeys.METADATA, 9, request);
            return !answer.brokers().isEmpty() && answer.controllerId() >= 0;
        } catch (IOException notYet) {
            return false;
        }
    }
}
