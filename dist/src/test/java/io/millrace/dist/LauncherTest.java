package io.millrace.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which Java `bin/millrace` takes, and what it asks of it.
class LauncherTest {

    private static final int COULD_NOT_RUN = 69;

    private Sandbox sandbox;
    private Path home;

    @BeforeEach
    void unpack(@TempDir Path folder) throws IOException {
        sandbox = new Sandbox(folder);
        home = sandbox.distribution();
    }

    @Test
    void withoutAnyJavaOneSentenceSaysWhatToInstall() throws Exception {
        var outcome = sandbox.run(home, "version");
        assertEquals(COULD_NOT_RUN, outcome.exit());
        assertEquals(
                "millrace: needs Java 25 or newer and finds none in JAVA_HOME, the usual folders or the PATH: install a"
                        + " JDK 25, for example Temurin from https://adoptium.net, or set JAVA_HOME to where it is.",
                outcome.sentence());
    }

    @Test
    void anOldJavaOnThePathIsNamedAndNotUsed() throws Exception {
        sandbox.putOnPath(sandbox.jdkAt(sandbox.path("elsewhere/jdk-17"), "17.0.15"));
        var outcome = sandbox.run(home, "version");
        assertEquals(COULD_NOT_RUN, outcome.exit());
        assertTrue(outcome.sentence().contains("or the PATH (the java on the PATH is 17): install"), outcome.err());
    }

    @Test
    void javaHomeIsTakenWhenItFits() throws Exception {
        sandbox.jdk("other", "25.0.1");
        var jdk = sandbox.jdkAt(sandbox.path("my jdk"), "25.0.3");
        sandbox.set("JAVA_HOME", jdk.toString());
        assertRuns(jdk);
    }

    @Test
    void javaHomeIsPassedOverWhenItIsTooOld() throws Exception {
        sandbox.set("JAVA_HOME", sandbox.jdkAt(sandbox.path("old"), "17.0.15").toString());
        assertRuns(sandbox.jdk("temurin-25", "25.0.3"));
    }

    @Test
    void aJdk25IsPreferredToANewerOne() throws Exception {
        sandbox.jdk("a-26", "26");
        assertRuns(sandbox.jdk("b-25", "25"));
    }

    @Test
    void aNewerJavaRunsTheDistribution() throws Exception {
        sandbox.jdk("a-17", "17.0.15");
        assertRuns(sandbox.jdk("b-26", "26.0.1"));
    }

    @Test
    void theJavaOnThePathIsFoundThroughItsLinks() throws Exception {
        var jdk = sandbox.jdkAt(sandbox.path("elsewhere/jdk-25"), "25.0.3");
        sandbox.putOnPath(jdk);
        assertRuns(jdk);
    }

    @Test
    void aFolderThatOnlyLooksLikeAJdkIsPassedOver() throws Exception {
        Files.delete(sandbox.jdk("a", "25.0.3").resolve("bin/java"));
        Files.delete(sandbox.jdk("b", "25.0.3").resolve("release"));
        Files.writeString(sandbox.jdk("c", "25.0.3").resolve("release"), "JAVA_VERSION=twentyfive");
        assertEquals(COULD_NOT_RUN, sandbox.run(home, "version").exit());
    }

    @Test
    void startGoesToTheNodeAndEverythingElseToTheCommandLine() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        assertEquals(
                List.of("io.millrace.node.Main", "start", "--data", "d"),
                afterClassPath(sandbox.run(home, "start", "--data", "d")));
        assertEquals(
                List.of("io.millrace.cli.Main", "topic", "list"), afterClassPath(sandbox.run(home, "topic", "list")));
        assertEquals(List.of("io.millrace.cli.Main", "--help"), afterClassPath(sandbox.run(home, "--help")));
        assertEquals(
                List.of("io.millrace.node.Main", "start", "--help"),
                afterClassPath(sandbox.run(home, "help", "start")));
        assertEquals(
                List.of("io.millrace.cli.Main", "prepare", "--help"),
                afterClassPath(sandbox.run(home, "prepare", "--help")));
        assertEquals(List.of("io.millrace.cli.Main"), afterClassPath(sandbox.run(home)));
    }

    @Test
    void argumentsArriveAsTheyWereGiven() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        var outcome = sandbox.run(home, "produce", "a b", "*", "", "$HOME", "--x='y'");
        assertEquals(
                List.of("io.millrace.cli.Main", "produce", "a b", "*", "", "$HOME", "--x='y'"),
                afterClassPath(outcome));
    }

    @Test
    void theLauncherBecomesTheJvmAndPassesItsExitCodeOn() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        sandbox.set("FAKE_EXIT", "3");
        var outcome = sandbox.run(home, "start");
        assertEquals(3, outcome.exit());
        assertEquals("pid=" + outcome.pid(), outcome.out().getFirst());
    }

    @Test
    void theClassPathIsEveryJarInTheOrderOfTheirNames() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        var out = sandbox.run(home, "start").out();
        String lib = home + "/lib/";
        assertEquals(lib + "C.jar:" + lib + "a.jar:" + lib + "b.jar", out.get(out.indexOf("-cp") + 1));
        assertTrue(out.contains("-Dmillrace.home=" + home), () -> String.join(" ", out));
    }

    @Test
    void moreOptionsComeLastAndACollectorReplacesOurs() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        sandbox.set("MILLRACE_JVM_OPTS", "-Xmx77m -Xlog:gc*");
        var out = sandbox.run(home, "start").out();
        assertTrue(out.indexOf("-Xmx77m") > lastStartingWith(out, "-Xmx", "-Xmx77m"), () -> String.join(" ", out));
        assertTrue(out.contains("-Xlog:gc*"), () -> String.join(" ", out));
        assertTrue(out.contains("-XX:+UseSerialGC"), () -> String.join(" ", out));

        sandbox.set("MILLRACE_JVM_OPTS", "-XX:+UseG1GC");
        assertTrue(!sandbox.run(home, "start").out().contains("-XX:+UseSerialGC"));
    }

    @Test
    void aLinkToTheLauncherWorksFromAnywhere() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        var link = sandbox.path("tools/millrace");
        Files.createSymbolicLink(link, Path.of("../millrace-0.1.0/bin/millrace"));
        assertEquals(List.of("io.millrace.cli.Main", "version"), afterClassPath(sandbox.runFile(link, "version")));
    }

    /// What the program prints to be pasted begins as the user began.
    @Test
    void theProgramIsToldHowItWasCalled() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        assertEquals(home + "/bin/millrace", command(sandbox.run(home, "version")));
        sandbox.set("PATH", home.resolve("bin") + ":" + sandbox.path("tools"));
        assertEquals("millrace", command(sandbox.run(home, "version")));

        var spaced = sandbox.path("my tools/millrace");
        Files.createDirectories(spaced.getParent());
        Files.createSymbolicLink(spaced, home.resolve("bin/millrace"));
        assertEquals("'" + spaced + "'", command(sandbox.runFile(spaced, "version")));
    }

    private static String command(Sandbox.Outcome outcome) {
        var option = "-Dmillrace.command=";
        return outcome.out().stream()
                .filter(word -> word.startsWith(option))
                .findFirst()
                .orElseThrow()
                .substring(option.length());
    }

    @Test
    void anEmptyLibIsSaidAndNotRun() throws Exception {
        sandbox.jdk("jdk", "25.0.3");
        for (var jar : List.of("a.jar", "b.jar", "C.jar"))
            Files.delete(home.resolve("lib").resolve(jar));
        var outcome = sandbox.run(home, "start");
        assertEquals(COULD_NOT_RUN, outcome.exit());
        assertTrue(outcome.sentence().contains("holds no jars"), outcome.err());
    }

    private void assertRuns(Path jdk) throws IOException, InterruptedException {
        Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\necho \"$0\"\n");
        var outcome = sandbox.run(home, "version");
        assertEquals("", outcome.err());
        assertEquals(List.of(jdk + "/bin/java"), outcome.out());
    }

    /// The main class and what follows it.
    private static List<String> afterClassPath(Sandbox.Outcome outcome) {
        assertEquals("", outcome.err());
        return outcome.out()
                .subList(outcome.out().indexOf("-cp") + 2, outcome.out().size());
    }

    private static int lastStartingWith(List<String> words, String start, String exceptFor) {
        int last = -1;
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).startsWith(start) && !words.get(i).equals(exceptFor)) last = i;
        }
        assertTrue(last >= 0, "nothing starts with " + start);
        return last;
    }
}
