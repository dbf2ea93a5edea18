package io.millrace.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One command. Its options are fields, which picocli fills in; `run` does the work.
abstract class Action implements Callable<Integer> {

    private @Nullable Surroundings surroundings;

    /// Called once, before the command line is read.
    final void enter(Surroundings around) {
        surroundings = around;
    }

    final Surroundings surroundings() {
        return Objects.requireNonNull(surroundings, "the command has not been given its surroundings");
    }

    final Out out() {
        return surroundings().out();
    }

    /// A line for the person at the terminal, never for the script that reads our output.
    final void note(String line) {
        surroundings().err().println(line);
    }

    /// The same for a note that may hold a command line.
    final void warn(String lines) {
        note(surroundings().typed(lines));
    }

    @Override
    public final Integer call() throws Exception {
        return run();
    }

    /// Does it, and returns one of [Exit]. What is thrown is explained to the user by [#explain].
    abstract int run() throws Exception;

    /// Says in words what `thrown` means for the user of this command.
    Failure explain(Exception thrown) {
        return Explain.local(thrown);
    }
}
