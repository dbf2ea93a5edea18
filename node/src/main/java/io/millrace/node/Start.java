package io.millrace.node;

import io.millrace.quorum.RatisMetadataLog;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.protocol.ApiKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node in the foreground: started, announced, and stopped by a signal.
final class Start {

    private static final Logger LOG = LoggerFactory.getLogger(Start.class);

    private Start() {}

    /// Returns when the node has stopped.
    ///
    /// @param words what stands behind `start`
    static void run(List<String> words) throws StartRefused, InterruptedException {
        long startNs = System.nanoTime();
        var flags = Flags.read(words);
        Thread.ofPlatform().name("ahead").daemon().start(Start::loadAhead);
        var settings = flags.settings();
        for (var remark : settings.remarks()) LOG.info("{}", remark);
        try (var house = House.open(settings.texts(), new SystemClock())) {
            System.out.println(announcement(house, startNs));
            System.out.flush();
            awaitSignal(house);
        }
    }

    /// Loads what the main thread will need soon, while that still reads settings and opens folders.
    private static void loadAhead() {
        RatisMetadataLog.prepare();
        var _ = ApiKeys.values(); // its first use reads the schema of every message
    }

    /// What a node says once it is ready.
    ///
    /// @param startNs when its start began, where the system does not tell
    static String announcement(House house, long startNs) {
        return house.ready().text(Main.program(), sinceSpawnMs(startNs));
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

    /// From the start of this process, which is what a user waits for; the launcher's own milliseconds
    /// are in it. When the launcher built first, from the start of the JVM.
    private static long sinceSpawnMs(long startNs) {
        if (Boolean.getBoolean("millrace.built"))
            return ManagementFactory.getRuntimeMXBean().getUptime();
        try {
            return spawnedMsAgo(
                    Files.readString(Path.of("/proc/uptime")), Files.readString(Path.of("/proc/self/stat")));
        } catch (IOException | RuntimeException e) {
            LOG.debug("the system does not tell when this process began", e);
            return (System.nanoTime() - startNs) / 1_000_000;
        }
    }

    /// The age of a process by the two files in which Linux tells it: both count from the start of the machine, while
    /// the wall clock, by which `ProcessHandle` has to go, may be off by a second.
    ///
    /// @param uptime the seconds since the machine started, and more
    /// @param stat   its field 22 is when the process began, in hundredths of a second; field 2 may have spaces
    static long spawnedMsAgo(String uptime, String stat) {
        var fieldsFromThree = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double nowMs = 1000 * Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
        return Math.round(nowMs - 10 * Double.parseDouble(fieldsFromThree[22 - 3]));
    }
}
