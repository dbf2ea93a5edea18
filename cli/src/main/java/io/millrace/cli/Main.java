package io.millrace.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `millrace` program: reads the command line, runs one command, exits with a number.
public final class Main {

    /// Every command, in the order of the help.
    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    private Main() {}

    public static void main(String... args) {
        var around = Surroundings.ofProcess();
        silenceLibraries(asksDebug(around, args));
        System.exit(run(around, args));
    }

    /// Runs one command in this process and returns its exit code. What it prints is flushed when this returns.
    public static int run(Surroundings around, String... words) {
        var args = asFlag(words);
        var line = commandLine(around, args);
        try {
            int exit = line.execute(args);
            around.out().flush();
            return exit;
        } catch (Out.Closed e) {
            return closed(around, e);
        }
    }

    /// `help topic create` is `topic create --help`.
    private static String[] asFlag(String... words) {
        if (words.length == 0 || !words[0].equals("help")) return words;
        var args = Arrays.copyOfRange(words, 1, words.length + 1);
        args[args.length - 1] = "--help";
        return args;
    }

    private static Map<String, Supplier<Object>> commands() {
        var commands = new LinkedHashMap<String, Supplier<Object>>();
        commands.put("start", Start::new);
        commands.put("topic", TopicCommands::new);
        commands.put("produce", Produce::new);
        commands.put("consume", Consume::new);
        commands.put("group", GroupCommands::new);
        commands.put("cluster", ClusterCommands::new);
        commands.put("config", ConfigCommands::new);
        commands.put("log", LogCommands::new);
        commands.put("version", Version::new);
        commands.put("prepare", Prepare::new);
        return commands;
    }

    /// Reading the options of every command takes longer than most commands do, so a known one comes alone.
    static CommandLine commandLine(Surroundings around, String... args) {
        var factory = factory(around);
        var line = new CommandLine(new Root(), factory);
        var first = args.length == 0 ? "" : args[0];
        COMMANDS.forEach((name, command) -> {
            if (name.equals(first) || !COMMANDS.containsKey(first)) {
                line.addSubcommand(name, entered(command.get(), around));
            }
        });
        return line.setColorScheme(CommandLine.Help.defaultColorScheme(around.mayStyle() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(110)
                .setOut(new PrintWriter(new OutWriter(around.out()), true))
                .setErr(new PrintWriter(around.err(), true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, _) -> misread(around, e))
                .setExecutionExceptionHandler((e, failed, _) -> failed(around, e, failed, asksDebug(around, args)));
    }

    private static CommandLine.IFactory factory(Surroundings around) {
        return new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return entered(CommandLine.defaultFactory().create(type), around);
            }
        };
    }

    private static <K> K entered(K command, Surroundings around) {
        if (command instanceof Action action) action.enter(around);
        return command;
    }

    /// The command line makes no sense. Nothing at all is a question for help.
    private static int misread(Surroundings around, ParameterException e) {
        boolean isEmpty = e.getCommandLine().getCommand() instanceof Root && !(e instanceof UnmatchedArgumentException);
        if (isEmpty) e.getCommandLine().usage(around.err());
        else around.err().println(Misread.of(e).sentence(around));
        return Exit.USAGE;
    }

    private static int failed(Surroundings around, Exception thrown, CommandLine line, boolean debug) {
        if (thrown instanceof Out.Closed closed) return closed(around, closed);
        Object command = line.getCommand();
        var failure = command instanceof Action action ? action.explain(thrown) : Explain.local(thrown);
        try {
            around.out().flush();
        } catch (Out.Closed e) {
            failure.addSuppressed(e);
        }
        var err = around.err();
        err.println(line.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
        if (failure.hint() != null) err.println("  " + around.typed(failure.hint()));
        if (debug) failure.printStackTrace(err);
        return failure.exit();
    }

    private static boolean asksDebug(Surroundings around, String... args) {
        return around.debug() || Arrays.asList(args).contains("--debug");
    }

    /// Nobody reads on: fine when the reader has gone, a failure when the disk behind the output is full.
    private static int closed(Surroundings around, Out.Closed e) {
        var why = String.valueOf(e.getCause() == null ? null : e.getCause().getMessage());
        if (why.contains("Broken pipe") || why.contains("closed")) return Exit.OK;
        around.err().println("millrace: cannot write the output: " + why);
        return Exit.FAILED;
    }

    private static void silenceLibraries(boolean debug) {
        if (debug) {
            System.setProperty("tinylog.configuration", "millrace-cli-log.properties");
        } else {
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
    }

    @Command(
            name = "millrace",
            description = "A message queue that speaks Kafka's protocol: start a node, and ask a running cluster.",
            synopsisSubcommandLabel = "COMMAND",
            versionProvider = Version.Own.class,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:done",
                "1:refused or failed by the cluster, or a check found damage",
                "2:the command line or the input does not make sense",
                "3:cannot connect, or no answer in time",
                "4:the topic, group, setting or file does not exist",
                "69:the launcher found no JDK, or could not build",
                "130:ended by Ctrl-C",
                "143:ended by SIGTERM"
            },
            footer = {
                "",
                "Environment: MILLRACE_BOOTSTRAP (default for --bootstrap), MILLRACE_DEBUG=1 (as --debug), NO_COLOR.",
                "Help for a command: millrace topic create --help"
            })
    static final class Root {

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                scope = ScopeType.INHERIT,
                description = "Show the help of a command.")
        boolean help;

        @Option(
                names = {"-V", "--version"},
                versionHelp = true,
                description = "Show the version of this program.")
        boolean version;

        @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces and the client's log.")
        boolean debug;
    }
}
