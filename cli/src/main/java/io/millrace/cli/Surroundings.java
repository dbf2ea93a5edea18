package io.millrace.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;

/// What surrounds a command: its input and outputs, the environment, and whether a person is watching.
public final class Surroundings {

    private static final String PROGRAM = "millrace";

    private final InputStream in;
    private final Out out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final String command;
    private final boolean inTerminal;
    private final boolean outTerminal;

    private Surroundings(
            InputStream in,
            Out out,
            PrintStream err,
            Map<String, String> environment,
            String command,
            boolean inTerminal,
            boolean outTerminal) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = Map.copyOf(environment);
        this.command = command;
        this.inTerminal = inTerminal;
        this.outTerminal = outTerminal;
    }

    /// Those of this process.
    public static Surroundings ofProcess() {
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        return new Surroundings(
                new FileInputStream(FileDescriptor.in),
                new Out(new FileOutputStream(FileDescriptor.out)),
                err,
                System.getenv(),
                System.getProperty("millrace.command", PROGRAM),
                isTerminal(0),
                isTerminal(1));
    }

    /// Streams of the caller's choice, no terminal: what a script sees.
    ///
    /// @param environment the variables a command may see, such as `MILLRACE_BOOTSTRAP`
    public static Surroundings of(InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
        var text = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Surroundings(in, new Out(out), text, environment, PROGRAM, false, false);
    }

    /// These, with the program called as `command`, say `bin/millrace`.
    Surroundings calledAs(String command) {
        return new Surroundings(in, out, err, environment, command, inTerminal, outTerminal);
    }

    InputStream in() {
        return in;
    }

    Out out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    Map<String, String> environment() {
        return environment;
    }

    /// Can a question be asked? True when a person is at both ends.
    boolean canAsk() {
        return inTerminal && outTerminal;
    }

    /// Does a person type the input?
    boolean inTerminal() {
        return inTerminal;
    }

    /// May output be bold? Only on a terminal, and never when `NO_COLOR` is set.
    boolean mayStyle() {
        return outTerminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    boolean debug() {
        return environment.getOrDefault("MILLRACE_DEBUG", "").equals("1");
    }

    /// `text` with the first command line in it as the user would type it: `bin/millrace topic list`.
    String typed(String text) {
        return text.replaceFirst("\\b" + PROGRAM + " ", Matcher.quoteReplacement(command + " "));
    }

    private static boolean isTerminal(int descriptor) {
        var link = Path.of("/proc/self/fd/" + descriptor);
        try {
            var target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException _) {
            // No /proc here (macOS, Windows): the console knows, for both ends at once.
            return Optional.ofNullable(System.console())
                    .map(Console::isTerminal)
                    .orElse(false);
        }
    }
}
