package io.millrace.node;

import java.util.List;
import org.slf4j.LoggerFactory;

/// `millrace start`.
///
/// Exit codes: 1 could not start, 2 the command line or a setting is wrong, 130 and 143 stopped by signal.
public final class Main {

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        var words = List.of(args);
        System.exit(run(words.isEmpty() ? words : words.subList(1, words.size())));
    }

    /// What the user typed to call this program, say `bin/millrace`.
    static String program() {
        return System.getProperty("millrace.command", "millrace");
    }

    /// @param words what stands behind `start`
    private static int run(List<String> words) throws InterruptedException {
        try {
            LineLog.install();
            if (words.contains("--help") || words.contains("-h")) System.out.print(Flags.HELP);
            else if (words.equals(List.of("--train"))) Training.run();
            else Start.run(words);
            return 0;
        } catch (StartRefused e) {
            LoggerFactory.getLogger(Main.class).debug("not started", e);
            System.err.println("millrace: " + e.getMessage());
            return e.isUsage() ? 2 : 1;
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(Main.class).error("the node failed", e);
            return 1;
        }
    }
}
