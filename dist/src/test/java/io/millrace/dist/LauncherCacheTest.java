package io.millrace.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The start-up caches of `bin/millrace`: made for one JVM, its flags and the jars, and never in the way.
class LauncherCacheTest {

    private Sandbox sandbox;
    private Path home;

    @BeforeEach
    void unpack(@TempDir Path folder) throws IOException {
        sandbox = new Sandbox(folder);
        home = sandbox.distribution();
        sandbox.jdk("jdk", "25.0.3");
        sandbox.set("MILLRACE_AOT", "on");
        sandbox.set("MILLRACE_AOT_AFTER", "3600"); // nothing is trained behind a test that does not want it
    }

    @Test
    void preparedCachesAreUsedByTheNextStart() throws Exception {
        prepare();
        assertEquals(2, trainings().size());
        assertTrue(
                trainings().get(0).endsWith(" io.millrace.node.Main start --train"),
                trainings().get(0));
        var cache = cacheOf("start");
        assertTrue(cache.orElse("none").startsWith(home + "/aot/node-"), cache.orElse("none"));
        assertTrue(cacheOf("version").orElse("none").startsWith(home + "/aot/cli-"));
    }

    @Test
    void preparingAgainTrainsNothing() throws Exception {
        prepare();
        prepare();
        assertEquals(2, trainings().size());
    }

    @Test
    void aChangedJarMakesTheCacheStale() throws Exception {
        prepare();
        Files.setLastModifiedTime(home.resolve("lib/a.jar"), FileTime.from(Instant.EPOCH));
        sandbox.set("MILLRACE_AOT_AFTER", "0");
        assertEquals(Optional.empty(), cacheOf("version"));
        awaitTrainings(3);
    }

    @Test
    void anotherJvmMakesTheCacheStale() throws Exception {
        prepare();
        sandbox.set("JAVA_HOME", sandbox.jdkAt(sandbox.path("other"), "25.0.4").toString());
        sandbox.set("MILLRACE_AOT_AFTER", "0");
        assertEquals(Optional.empty(), cacheOf("version"));
        awaitTrainings(3);
    }

    @Test
    void otherFlagsMakeTheCacheStale() throws Exception {
        prepare();
        sandbox.set("MILLRACE_JVM_OPTS", "-XX:+UseG1GC");
        sandbox.set("MILLRACE_AOT_AFTER", "0");
        assertEquals(Optional.empty(), cacheOf("version"));
        awaitTrainings(3);
    }

    /// A training must not write to the log files, or listen on the debugger's port, of the node it runs behind.
    @Test
    void optionsThatShapeNoCacheNeitherMakeItStaleNorReachTheTraining() throws Exception {
        sandbox.set("MILLRACE_JVM_OPTS", "-Xmx99m -Xlog:gc:file=gc.log -XX:+UseG1GC -Dx=y");
        prepare();
        assertTrue(
                trainings().getFirst().contains(" -XX:+UseG1GC "), trainings().getFirst());
        assertFalse(trainings().getFirst().contains("gc.log"), trainings().getFirst());
        sandbox.set("MILLRACE_JVM_OPTS", "-Xmx77m -XX:+UseG1GC");
        assertTrue(cacheOf("start").isPresent());
    }

    @Test
    void theFirstStartTrainsBehindItselfAndTheSecondHasTheCache() throws Exception {
        sandbox.set("MILLRACE_AOT_AFTER", "0");
        sandbox.set("FAKE_STAYS", "yes");
        assertEquals(Optional.empty(), cacheOf("start"));
        awaitTrainings(1);
        assertTrue(cacheOf("start").isPresent());
    }

    /// A port that is taken, a bad flag: the node is gone when the time to train has come.
    @Test
    void aStartThatIsRefusedTrainsNothing() throws Exception {
        sandbox.set("FAKE_EXIT", "1");
        sandbox.sleepUntilGo();
        assertEquals(1, sandbox.run(home, "start").exit());
        Sandbox.await(
                "the wait for the training", () -> !sandbox.lines("home/waiter").isEmpty());
        var waiter =
                ProcessHandle.of(Long.parseLong(sandbox.lines("home/waiter").getFirst()));
        Files.writeString(sandbox.path("home/go"), "");
        if (waiter.isPresent()) waiter.get().onExit().get(30, TimeUnit.SECONDS);
        assertEquals(List.of(), trainings());
    }

    @Test
    void trainingThatFailsIsNotTriedAtEveryStart() throws Exception {
        sandbox.set("TRAINING_EXIT", "1");
        var outcome = sandbox.run(home, "prepare");
        assertEquals(0, outcome.exit());
        assertTrue(
                outcome.err().contains("no start-up cache for the node; " + home + "/aot/training-node.log says why."));
        assertEquals(2, trainings().size());

        sandbox.set("TRAINING_EXIT", "0");
        sandbox.set("MILLRACE_AOT_AFTER", "0");
        assertEquals(Optional.empty(), cacheOf("start"));
        assertEquals(2, trainings().size());
        prepare();
        assertEquals(4, trainings().size());
        assertTrue(cacheOf("start").isPresent());
    }

    @Test
    void aDistributionThatCannotBeWrittenKeepsItsCachesInTheUsersFolder() throws Exception {
        Files.writeString(home.resolve("aot"), "a file where the folder would be");
        prepare();
        assertTrue(cacheOf("start")
                .orElse("none")
                .startsWith(sandbox.path("home/.cache/millrace/node-").toString()));

        sandbox.set("XDG_CACHE_HOME", sandbox.path("elsewhere").toString());
        prepare();
        assertTrue(cacheOf("start")
                .orElse("none")
                .startsWith(sandbox.path("elsewhere/millrace/node-").toString()));
    }

    @Test
    void cachesCanBeSwitchedOff() throws Exception {
        prepare();
        sandbox.set("MILLRACE_AOT", "off");
        assertEquals(Optional.empty(), cacheOf("start"));
    }

    @Test
    void onlyAFewOldCachesAreKept() throws Exception {
        for (var option : List.of("A", "B", "C", "D", "E")) {
            sandbox.set("MILLRACE_JVM_OPTS", "-XX:+" + option);
            prepare();
        }
        assertEquals(6, caches().size());
        assertTrue(cacheOf("start").isPresent());
    }

    private void prepare() throws IOException, InterruptedException {
        var outcome = sandbox.run(home, "prepare");
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
    }

    /// The cache that a run of `command` opens.
    private Optional<String> cacheOf(String command) throws IOException, InterruptedException {
        var outcome = sandbox.run(home, command);
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
        String option = "-XX:AOTCache=";
        return outcome.out().stream()
                .filter(word -> word.startsWith(option))
                .map(word -> word.substring(option.length()))
                .findFirst();
    }

    private List<String> trainings() throws IOException {
        return sandbox.lines("home/trainings");
    }

    private List<Path> caches() throws IOException {
        try (var files = Files.list(home.resolve("aot"))) {
            return files.filter(file -> file.toString().endsWith(".aot")).toList();
        }
    }

    /// Waits until `count` trainings were begun and all of them have ended.
    private void awaitTrainings(int count) throws IOException {
        Sandbox.await("training " + count, () -> trainings().size() >= count && !isTraining());
        assertEquals(count, trainings().size());
    }

    private boolean isTraining() throws IOException {
        try (var files = Files.list(home.resolve("aot"))) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith(".training-"));
        }
    }
}
