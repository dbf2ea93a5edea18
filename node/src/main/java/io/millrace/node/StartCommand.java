package io.millrace.node;

import io.millrace.model.config.Settings;
import io.millrace.model.config.SettingsReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The flags of `millrace start`, and what becomes of them.
@Command(
        name = "millrace start",
        sortOptions = false,
        usageHelpWidth = 110,
        description = "Start a node: broker and metadata quorum in one process.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "1:it could not start; a sentence says why",
            "2:the command line or a setting is wrong",
            "69:the launcher found no JDK, or could not build",
            "130:stopped by Ctrl-C, after everything was put in order",
            "143:stopped by SIGTERM, likewise"
        },
        footer = {
            "",
            "Settings have Kafka's names; docs/configuration.md lists them. A flag wins over --set, --set over a file."
        })
final class StartCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(StartCommand.class);

    @Option(names = "--data", paramLabel = "DIR", description = "Where data is kept (default: ./data).")
    @Nullable
    String data;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where Kafka clients connect (default: 127.0.0.1:9092). Port 0: any free port.")
    @Nullable
    String listen;

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            description = "The address that clients are told, where it differs from --listen.")
    @Nullable
    String advertise;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description = "Where health and metrics are served (default: 127.0.0.1:9644), or 'off'.")
    @Nullable
    String http;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A file of settings, as Kafka's server.properties. May be repeated; the last one wins.")
    List<Path> files = new ArrayList<>();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting. May be repeated.")
    List<String> sets = new ArrayList<>();

    @Option(
            names = "--insecure",
            description = "Allow listeners that other machines can reach, without encryption or access control.")
    boolean isInsecure;

    @Option(names = "--train", hidden = true, description = "Start, do a little of everything, and end.")
    boolean isTraining;

    @Option(names = "--help", usageHelp = true, description = "Show this.")
    boolean isHelp;

    @CommandLine.Spec
    CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        long startNs = System.nanoTime();
        try {
            if (isTraining) return train();
            var settings = settings();
            for (var remark : settings.remarks()) LOG.info("{}", remark);
            try (var house = House.open(settings.texts(), new SystemClock())) {
                say(house.ready().text(Main.program(), sinceSpawnMs(startNs)));
                awaitSignal(house);
            }
            return 0;
        } catch (StartRefused e) {
            LOG.debug("not started", e);
            System.err.println("millrace: " + e.getMessage());
            return e.isUsage() ? 2 : 1;
        }
    }

    private static int train() throws StartRefused, InterruptedException {
        try {
            var folder = Files.createTempDirectory("millrace-training");
            var settings = new SettingsReader()
                    .flag("--data", "log.dirs", folder.toString())
                    .flag("--listen", "listeners", "PLAINTEXT://127.0.0.1:0")
                    .flag("--http", "http.listen", "127.0.0.1:0")
                    .read();
            try (var house = House.open(settings.texts(), new SystemClock())) {
                Training.run(house.bootstrap());
            } finally {
                Folders.deleteAll(folder);
            }
            return 0;
        } catch (IOException | java.util.concurrent.ExecutionException e) {
            throw new StartRefused("the training run failed: " + e.getMessage(), e);
        }
    }

    private Settings settings() throws StartRefused {
        var reader = new SettingsReader();
        for (var file : files) reader.file(file.toString(), SettingsFile.read(file));
        reader.sets(sets);
        if (data != null) reader.flag("--data", "log.dirs", data);
        if (listen != null) reader.flag("--listen", "listeners", "PLAINTEXT://" + listen);
        if (advertise != null) reader.flag("--advertise", "advertised.listeners", "PLAINTEXT://" + advertise);
        if (http != null) reader.flag("--http", "http.listen", http);
        if (isInsecure) reader.flag("--insecure", "insecure.ok", "true");
        var settings = reader.read();
        if (settings.problems().isEmpty()) return settings;
        var sentences =
                settings.problems().stream().map(Settings.Problem::toString).toList();
        throw StartRefused.usage(String.join(System.lineSeparator() + "millrace: ", sentences));
    }

    private static void awaitSignal(House house) throws InterruptedException {
        var signalled = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            signalled.countDown();
                            house.close();
                            stopped.countDown();
                        },
                        "stop"));
        signalled.await();
        stopped.await();
    }

    /// From the start of this process, which is what a user waits for; the launcher's own milliseconds are in it. When
    /// the launcher built first, from the start of the JVM.
    private static long sinceSpawnMs(long startNs) {
        if (Boolean.getBoolean("millrace.built"))
            return ManagementFactory.getRuntimeMXBean().getUptime();
        long here = (System.nanoTime() - startNs) / 1_000_000;
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> System.currentTimeMillis() - start.toEpochMilli())
                .orElse(here);
    }

    private static void say(String lines) {
        System.out.println(lines);
        System.out.flush();
    }
}
