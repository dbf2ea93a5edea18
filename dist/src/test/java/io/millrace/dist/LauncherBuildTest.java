package io.millrace.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How `bin/millrace` builds in a source checkout: when it must, once, and with little to say.
class LauncherBuildTest {

    private static final int COULD_NOT_RUN = 69;

    private Sandbox sandbox;
    private Path home;
    private Path jdk;

    @BeforeEach
    void checkOut(@TempDir Path folder) throws IOException {
        sandbox = new Sandbox(folder);
        home = sandbox.checkout();
        jdk = sandbox.jdk("jdk", "25.0.3");
    }

    @Test
    void theFirstRunBuildsWithTheJdkItFoundAndThenRuns() throws Exception {
        sandbox.maven("3.8.7", Sandbox.goodBuild() + "sleep 1\n");
        var outcome = sandbox.run(home, "version");
        assertEquals(0, outcome.exit());
        assertTrue(outcome.out().contains("io.millrace.cli.Main"), () -> String.join(" ", outcome.out()));
        assertTrue(outcome.err().startsWith("millrace: no build yet: building.\n"), outcome.err());
        assertTrue(outcome.err().contains("millrace: building log (2 of 3), "), outcome.err());
        assertTrue(outcome.err().matches("(?s).*millrace: built in \\d+ s\\.\n"), outcome.err());
        assertEquals(1, sandbox.lines("home/builds").size());
        assertTrue(sandbox.lines("home/builds").getFirst().startsWith(jdk + " -B "));
    }

    @Test
    void aFreshBuildIsUsedWithoutAWord() throws Exception {
        sandbox.maven("3.8.7", Sandbox.goodBuild());
        sandbox.run(home, "version");
        var again = sandbox.run(home, "version");
        assertEquals("", again.err());
        assertEquals(1, sandbox.lines("home/builds").size());
    }

    /// So that the time of a build is not taken for that of a start.
    @Test
    void theProgramIsToldWhetherThereWasABuildBeforeIt() throws Exception {
        sandbox.maven("3.8.7", Sandbox.goodBuild());
        assertTrue(sandbox.run(home, "version").out().contains("-Dmillrace.built=true"));
        assertTrue(sandbox.run(home, "version").out().contains("-Dmillrace.built=false"));
    }

    @Test
    void aNewerSourceMakesItBuildAgain() throws Exception {
        sandbox.maven("3.8.7", Sandbox.goodBuild());
        sandbox.run(home, "version");
        var stamp = home.resolve("dist/target/millrace/.built");
        age(stamp, Duration.ofHours(1));
        var again = sandbox.run(home, "version");
        assertTrue(again.err().startsWith("millrace: sources are newer than the build: building.\n"), again.err());
        assertEquals(2, sandbox.lines("home/builds").size());
    }

    @Test
    void aFailedBuildShowsItsErrorsAndWhereTheLogIs() throws Exception {
        sandbox.maven("3.9.11", """
                echo '[INFO] Building log 0.1.0                         [2/3]'
                echo '[ERROR] Log.java:[3,5] cannot find symbol'
                echo '[ERROR] '
                echo '[ERROR] Failed to execute goal compile on project log -> [Help 1]'
                echo '[ERROR] Re-run Maven using the -X switch to enable full debug logging.'
                exit 1
                """);
        var outcome = sandbox.run(home, "start");
        assertEquals(COULD_NOT_RUN, outcome.exit());
        assertTrue(outcome.out().isEmpty());
        assertTrue(outcome.err().contains("the whole log is " + home + "/dist/target/build.log\n"), outcome.err());
        assertTrue(outcome.err().endsWith("[ERROR] Log.java:[3,5] cannot find symbol\n"), outcome.err());
        assertFalse(Files.isSymbolicLink(home.resolve("dist/target/building")), "the lock is given back");
    }

    @Test
    void withoutMavenOneSentenceSaysSo() throws Exception {
        var outcome = sandbox.run(home, "start");
        assertEquals(COULD_NOT_RUN, outcome.exit());
        assertTrue(outcome.sentence().startsWith("millrace: needs Maven 3.8 or newer to build"), outcome.err());
    }

    @Test
    void anOldMavenIsRefusedInOneSentence() throws Exception {
        sandbox.maven("3.6.3", Sandbox.goodBuild());
        var outcome = sandbox.run(home, "start");
        assertEquals(COULD_NOT_RUN, outcome.exit());
        assertTrue(outcome.sentence().endsWith("/mvn is 3.6.3."), outcome.err());
        assertTrue(sandbox.lines("home/builds").isEmpty());
    }

    @Test
    void aMavenOfTheNextGenerationWillDo() throws Exception {
        sandbox.maven("4.0.0-rc-4", Sandbox.goodBuild());
        assertEquals(0, sandbox.run(home, "version").exit());
    }

    @Test
    void aCheckoutAsksForJdk25ItselfBecauseItsBuildDoes() throws Exception {
        Files.delete(jdk.resolve("bin/javac"));
        sandbox.jdk("newer", "26");
        var outcome = sandbox.run(home, "version");
        assertEquals(COULD_NOT_RUN, outcome.exit());
        assertTrue(outcome.sentence().startsWith("millrace: needs JDK 25 and finds none"), outcome.err());
    }

    @Test
    void ofTwoAtOnceOneBuildsAndTheOtherWaits() throws Exception {
        sandbox.maven("3.8.7", """
                until [ -e "$HOME/go" ]; do sleep 0.05; done
                """ + Sandbox.goodBuild());
        var first = sandbox.begin(home.resolve("bin/millrace"), "version");
        Sandbox.await("the first build", () -> !sandbox.lines("home/builds").isEmpty());
        var second = sandbox.begin(home.resolve("bin/millrace"), "version");
        Files.writeString(sandbox.path("home/go"), "");
        assertEquals(0, sandbox.finish(first).exit());
        assertEquals(0, sandbox.finish(second).exit());
        assertEquals(1, sandbox.lines("home/builds").size());
    }

    @Test
    void aLockLeftByAProcessThatDiedDoesNotStopABuild() throws Exception {
        sandbox.maven("3.8.7", Sandbox.goodBuild());
        var dead = new ProcessBuilder("true").start();
        assertTrue(dead.waitFor(10, TimeUnit.SECONDS));
        Files.createDirectories(home.resolve("dist/target"));
        Files.createSymbolicLink(home.resolve("dist/target/building"), Path.of(Long.toString(dead.pid())));
        assertEquals(0, sandbox.run(home, "version").exit());
        assertEquals(1, sandbox.lines("home/builds").size());
    }

    @Test
    void anInterruptedBuildEndsMavenToo() throws Exception {
        sandbox.maven("3.8.7", """
                echo $$ >"$HOME/maven-pid"
                until [ -e "$HOME/go" ]; do sleep 0.05; done
                """ + Sandbox.goodBuild());
        var launcher = sandbox.begin(home.resolve("bin/millrace"), "version");
        Sandbox.await("Maven", () -> !sandbox.lines("home/maven-pid").isEmpty());
        launcher.destroy();
        assertEquals(143, sandbox.finish(launcher).exit());
        long maven = Long.parseLong(sandbox.lines("home/maven-pid").getFirst());
        var ended = ProcessHandle.of(maven).map(ProcessHandle::onExit);
        if (ended.isPresent()) ended.get().get(20, TimeUnit.SECONDS);
        assertFalse(Files.isSymbolicLink(home.resolve("dist/target/building")), "the lock is given back");
    }

    private static void age(Path file, Duration by) throws IOException {
        var now = Files.getLastModifiedTime(file).toInstant();
        Files.setLastModifiedTime(file, FileTime.from(now.minus(by)));
    }
}
