package io.millrace.node;

import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/// `millrace start`.
///
/// Exit codes: 1 could not start, 2 the command line or a setting is wrong, 130 and 143 stopped by a signal.
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        var line = new CommandLine(new StartCommand());
        line.setParameterExceptionHandler((e, _) -> {
            System.err.println("millrace: " + Misread.sentence(e, program()));
            return ExitCode.USAGE;
        });
        System.exit(line.execute(args.length > 0 && args[0].equals("start") ? rest(args) : args));
    }

    /// What the user typed to call this program, say `bin/millrace`.
    static String program() {
        return System.getProperty("millrace.command", "millrace");
    }

    private static String[] rest(String[] args) {
        return java.util.Arrays.copyOfRange(args, 1, args.length);
    }
}
