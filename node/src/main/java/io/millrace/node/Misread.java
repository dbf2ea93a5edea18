package io.millrace.node;

import io.millrace.model.config.Nearest;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// A command line of `millrace start` that makes no sense, said in one sentence with the nearest thing that does.
final class Misread {

    /// What people who know Kafka's start script type, and how it is said here.
    private static final Map<String, String> KAFKA_WORDS = Map.of(
            "--override", "here it is --set KEY=VALUE.",
            "-daemon", "it runs in the foreground; a service manager or a & puts it into the background.");

    private Misread() {}

    /// @param program what the program was called as, so that the last words can be pasted
    static String sentence(ParameterException thrown, String program) {
        var help = program + " start --help";
        if (!(thrown instanceof UnmatchedArgumentException e)
                || e.getUnmatched().isEmpty()) {
            return "%s; see %s".formatted(decapitalised(String.valueOf(thrown.getMessage())), help);
        }
        var wrong = e.getUnmatched().getFirst();
        if (!wrong.startsWith("-")) {
            return "'%s' is one argument too many; a file of settings is named with --config %1$s. See %s"
                    .formatted(wrong, help);
        }
        var what = "start has no option '%s'; ".formatted(wrong);
        var instead = instead(wrong.replaceFirst("=.*", ""), e.getCommandLine().getCommandSpec());
        return what + (instead == null ? "see " : instead + " See ") + help;
    }

    private static @Nullable String instead(String word, CommandSpec start) {
        if (KAFKA_WORDS.containsKey(word)) return KAFKA_WORDS.get(word);
        var flags = start.options().stream()
                .filter(option -> !option.hidden())
                .map(option -> option.longestName().substring(2))
                .toList();
        var near = Nearest.to(word.replaceFirst("^-+", ""), flags);
        return near == null ? null : "did you mean --" + near + "?";
    }

    private static String decapitalised(String sentence) {
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }
}
