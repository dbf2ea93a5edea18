package io.millrace.dist;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A machine of a few folders for one run of the launcher: only the JDKs, the Maven and the `java` on the PATH that a
/// test puts there. Its JDKs print what they were asked instead of doing it.
final class Sandbox {

    /// What the launcher needs of a system.
    private static final List<String> TOOLS = List.of(
            "sh",
            "cat",
            "cksum",
            "date",
            "find",
            "grep",
            "head",
            "ln",
            "ls",
            "mkdir",
            "mv",
            "nice",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "stat",
            "tail",
            "uname");

    /// A `java` that trains when asked for a cache, and otherwise prints its process id and its
    /// arguments. With FAKE_STAYS it then runs on until there was a training.
    private static final String FAKE_JAVA = """
            #!/bin/sh
            for word; do
              case $word in
                -XX:AOTCacheOutput=*)
                  echo trained >"${word#*=}"
                  printf '%s\\n' "$*" >>"$HOME/trainings"
                  exit "${TRAINING_EXIT:-0}"
                  ;;
              esac
            done
            echo "pid=$$"
            printf '%s\\n' "$@"
            if [ -n "${FAKE_STAYS:-}" ]; then until [ -s "$HOME/trainings" ]; do sleep 0.05; done; fi
            exit "${FAKE_EXIT:-0}"
            """;

    private final Path root;
    private final Map<String, String> environment = new TreeMap<>();

    /// What came of one run.
    record Outcome(int exit, List<String> out, String err, long pid) {

        /// The only line on stderr.
        String sentence() {
            var lines = err.lines().toList();
            assertTrue(lines.size() == 1, "one line was expected, not: " + err);
            return lines.getFirst();
        }
    }

    Sandbox(Path root) throws IOException {
        this.root = root.toRealPath();
        Files.createDirectories(path("tools"));
        Files.createDirectories(path("jdks"));
        Files.createDirectories(path("home"));
        for (var tool : TOOLS) provide(tool);
        set("PATH", path("tools").toString());
        set("HOME", path("home").toString());
        set("MILLRACE_JDK_DIRS", path("jdks").toString());
        set("MILLRACE_AOT", "off");
    }

    /// An unpacked distribution with three jars; returns its folder.
    Path distribution() throws IOException {
        var home = path("millrace-0.1.0");
        installLauncher(home);
        Files.createDirectories(home.resolve("lib"));
        for (var jar : List.of("b.jar", "a.jar", "C.jar"))
            Files.writeString(home.resolve("lib").resolve(jar), jar);
        return home;
    }

    /// A checkout with one room and no build; returns its folder.
    Path checkout() throws IOException {
        var home = path("checkout");
        installLauncher(home);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.createDirectories(home.resolve("log/src/main/java"));
        Files.writeString(home.resolve("log/src/main/java/Log.java"), "class Log {}");
        return home;
    }

    /// A JDK below the searched folder; returns its folder.
    Path jdk(String name, String version) throws IOException {
        return jdkAt(path("jdks").resolve(name), version);
    }

    /// A JDK wherever the test wants it.
    Path jdkAt(Path folder, String version) throws IOException {
        script(folder.resolve("bin/java"), FAKE_JAVA);
        script(folder.resolve("bin/javac"), FAKE_JAVA);
        Files.writeString(
                folder.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\nMODULES=\"\"\n");
        return folder;
    }

    /// Puts `java` of `jdk` on the PATH, as distributions do: a link to a link.
    void putOnPath(Path jdk) throws IOException {
        Files.createSymbolicLink(path("alternative"), jdk.resolve("bin/java"));
        Files.createSymbolicLink(path("tools/java"), path("alternative"));
    }

    /// A Maven on the PATH that says it is `version`, and does `build` in the checkout's folder when asked to build.
    void maven(String version, String build) throws IOException {
        script(path("tools/mvn"), """
                #!/bin/sh
                if [ "$1" = -v ]; then echo "Apache Maven %s (hash)"; exit 0; fi
                echo "$JAVA_HOME $*" >>"$HOME/builds"
                %s
                """.formatted(version, build));
    }

    /// A `sleep` that says who waits, in `home/waiter`, and wakes it when `home/go` is there.
    void sleepUntilGo() throws IOException {
        script(path("tools/sleep"), """
                #!/bin/sh
                echo "$PPID" >"$HOME/waiter"
                until [ -e "$HOME/go" ]; do /bin/sleep 0.05; done
                """);
    }

    /// What the fake Maven runs for a build that succeeds.
    static String goodBuild() {
        return """
                echo '[INFO] Building log 0.1.0                         [2/3]'
                mkdir -p dist/target/millrace/lib
                echo jar >dist/target/millrace/lib/log.jar
                echo built >dist/target/millrace/.built
                """;
    }

    /// Sets a variable of the runs to come.
    void set(String name, String value) {
        environment.put(name, value);
    }

    /// Runs `<home>/bin/millrace` and waits for its end.
    Outcome run(Path home, String... arguments) throws IOException, InterruptedException {
        return runFile(home.resolve("bin/millrace"), arguments);
    }

    /// Runs a launcher and waits for its end.
    Outcome runFile(Path launcher, String... arguments) throws IOException, InterruptedException {
        return finish(begin(launcher, arguments));
    }

    /// Starts a launcher and does not wait.
    Process begin(Path launcher, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(root.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        var err = Files.createTempFile(root, "stderr", "");
        var out = Files.createTempFile(root, "stdout", "");
        builder.redirectError(err.toFile()).redirectOutput(out.toFile());
        var process = builder.start();
        process.getOutputStream().close();
        Files.writeString(path("streams-" + process.pid()), out + "\n" + err);
        return process;
    }

    /// Waits for the end of a started launcher.
    Outcome finish(Process process) throws IOException, InterruptedException {
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        if (!ended) process.destroyForcibly();
        assertTrue(ended, "the launcher did not end within a minute");
        var streams = Files.readAllLines(path("streams-" + process.pid()));
        var out = Files.readAllLines(Path.of(streams.get(0)), StandardCharsets.UTF_8);
        var err = Files.readString(Path.of(streams.get(1)));
        return new Outcome(process.exitValue(), out, err, process.pid());
    }

    /// The lines of a file in the sandbox, none when it is not there.
    List<String> lines(String file) throws IOException {
        var at = path(file);
        return Files.exists(at) ? Files.readAllLines(at) : List.of();
    }

    /// A place in the sandbox.
    Path path(String relative) {
        return root.resolve(relative);
    }

    /// Waits until `happened`, half a minute at most; `what` names the thing that was waited for.
    static void await(String what, Condition happened) throws IOException {
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!happened.met()) {
            assertTrue(System.nanoTime() < deadlineNs, "waited half a minute for " + what);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    /// Something that a file will show.
    @FunctionalInterface
    interface Condition {

        boolean met() throws IOException;
    }

    /// Writes an executable file.
    static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void installLauncher(Path home) throws IOException {
        var source = Path.of(System.getProperty("basedir", ""))
                .toAbsolutePath()
                .resolveSibling("bin/millrace")
                .normalize();
        script(home.resolve("bin/millrace"), Files.readString(source));
    }

    private void provide(String name) throws IOException {
        for (var folder : List.of("/usr/bin", "/bin")) {
            var tool = Path.of(folder, name);
            if (!Files.exists(tool)) continue;
            script(path("tools").resolve(name), "#!/bin/sh\nexec " + tool + " \"$@\"\n");
            return;
        }
        throw new IOException("this system has no " + name);
    }
}
