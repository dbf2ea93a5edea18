package io.millrace.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// A command line that makes no sense, said in one sentence with the nearest thing that does.
///
/// @param command the command that could not be read
/// @param what    what is wrong, as half a sentence
/// @param instead what to type instead, as a sentence after a semicolon
record Misread(CommandSpec command, String what, Optional<String> instead) {

    /// How picocli says that a choice was not made.
    private static final Pattern CHOICE =
            Pattern.compile("Missing required argument \\(specify one of these\\): \\((.*)\\)");

    static Misread of(ParameterException thrown) {
        var command = thrown.getCommandLine().getCommandSpec();
        if (thrown instanceof UnmatchedArgumentException e && !e.getUnmatched().isEmpty()) {
            return unmatched(command, e.getUnmatched().getFirst());
        }
        return new Misread(command, reworded(thrown, command), Optional.empty());
    }

    /// `millrace topic: unknown command 'crate'; did you mean create? See millrace topic --help`
    String sentence(Surroundings around) {
        var help = around.typed(command.qualifiedName() + " --help");
        var rest = instead.map(said -> said + " See ").orElse("see ");
        return command.qualifiedName() + ": " + what + "; " + rest + help;
    }

    private static Misread unmatched(CommandSpec command, String wrong) {
        boolean isOption = wrong.startsWith("-");
        var word = isOption ? wrong.replaceFirst("=.*", "") : wrong;
        var valid =
                isOption ? command.optionsMap().keySet() : command.subcommands().keySet();
        var instead = KafkaWords.saidHere(command, word)
                .or(() -> Nearest.to(word, valid).map(near -> "did you mean " + near + "?"));
        if (isOption) return new Misread(command, "unknown option '" + wrong + "'", instead);
        if (valid.isEmpty()) return new Misread(command, "'" + wrong + "' is one argument too many", instead);
        return new Misread(command, "unknown command '" + wrong + "'", instead);
    }

    private static String reworded(ParameterException thrown, CommandSpec command) {
        var said = Explain.said(thrown).replaceFirst("^Error: ", "");
        var choice = CHOICE.matcher(said);
        if (choice.matches())
            return "one of these is needed: " + choice.group(1).replace(" | ", ", ");
        if (said.startsWith("Missing required subcommand")) {
            return "say what to do: " + String.join(", ", command.subcommands().keySet());
        }
        return said.substring(0, 1).toLowerCase(Locale.ROOT) + said.substring(1);
    }
}
