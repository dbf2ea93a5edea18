package io.millrace.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A process that a test started: what it says, line by line, and the ways to end it. None outlives this JVM.
final class Child implements AutoCloseable {

    private final String name;
    private final Process process;
    private final Lines out;
    private final Lines err;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.out = new Lines(process.getInputStream());
        this.err = new Lines(process.getErrorStream());
    }

    static Child start(String name, Path folder, List<String> command) {
        return start(name, folder, command, Map.of());
    }

    /// @param folder      where it runs
    /// @param environment added to this JVM's own
    static Child start(String name, Path folder, List<String> command, Map<String, String> environment) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        try {
            var process = builder.start();
            Leftovers.add(process);
            return new Child(name, process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + ": " + String.join(" ", command), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// A line for its standard input.
    void say(String line) {
        try {
            var in = process.getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(transcript(), e);
        }
    }

    /// Ends its standard input.
    void hush() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(transcript(), e);
        }
    }

    /// What it has said so far.
    List<String> lines() {
        return out.soFar();
    }

    /// What it has complained of so far.
    List<String> complaints() {
        return err.soFar();
    }

    /// Lines that begin with `word` and a blank, without them.
    List<String> lines(String word) {
        var prefix = word + " ";
        return lines().stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }

    /// Waits until what was said so far is as wanted; a child that ends before that is an error.
    void awaitLines(String what, Predicate<List<String>> wanted) {
        Await.value(name + ": " + what, Await.LONG, () -> {
            boolean over = !isAlive();
            if (over) awaitExit(Await.LONG);
            if (wanted.test(lines())) return Optional.of(true);
            if (over) throw new AssertionError("ended before " + what + "\n" + transcript());
            return Optional.empty();
        });
    }

    void awaitLine(String word) {
        awaitLines(
                "a line '" + word + "'",
                lines -> lines.stream().anyMatch(line -> line.equals(word) || line.startsWith(word + " ")));
    }

    /// Waits for its end and returns the exit code; everything it said is there then.
    int awaitExit(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("did not end in " + atMost + "\n" + transcript());
            }
            Leftovers.remove(process);
            out.awaitEnd();
            err.awaitEnd();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
    }

    /// Waits for an end with exit code 0.
    Child succeeds() {
        int code = awaitExit(Await.LONG);
        if (code != 0) throw new AssertionError("exit code " + code + "\n" + transcript());
        return this;
    }

    /// SIGTERM.
    void terminate() {
        process.destroy();
    }

    /// SIGKILL; returns when it is gone.
    void kill9() {
        process.destroyForcibly();
        awaitExit(Await.LONG);
    }

    @Override
    public void close() {
        if (isAlive()) kill9();
    }

    /// Name and the last of what it said, for the message of a failure.
    String transcript() {
        return name + "\n--- stdout\n" + tail(lines()) + "\n--- stderr\n" + tail(complaints());
    }

    private static String tail(List<String> lines) {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    /// Reads one stream to its end on a thread of its own.
    private static final class Lines {

        private final List<String> lines = new ArrayList<>();
        private final Thread reader;

        Lines(InputStream stream) {
            reader = Thread.ofVirtual().start(() -> read(stream));
        }

        private void read(InputStream stream) {
            try (var text = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = text.readLine(); line != null; line = text.readLine()) {
                    synchronized (lines) {
                        lines.add(line);
                    }
                }
            } catch (IOException e) {
                synchronized (lines) {
                    lines.add("(reading ended: " + e.getMessage() + ")");
                }
            }
        }

        List<String> soFar() {
            synchronized (lines) {
                return List.copyOf(lines);
            }
        }

        void awaitEnd() throws InterruptedException {
            // A grandchild may hold the stream open for longer than its parent lives.
            var _ = reader.join(Duration.ofSeconds(2));
        }
    }
}
