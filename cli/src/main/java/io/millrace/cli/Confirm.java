package io.millrace.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Asks before something is gone for good.
final class Confirm {

    private Confirm() {}

    /// Returns when the user agrees: by `--yes`, or by typing it.
    static void orFail(Surroundings around, boolean yes, String question) throws Failure, IOException {
        if (yes) return;
        if (!around.canAsk()) {
            throw new Failure(Exit.USAGE, "nobody is there to confirm it", "add --yes to do it without a question");
        }
        around.out().flush();
        around.err().print(question + " [y/N] ");
        around.err().flush();
        var answer = new BufferedReader(new InputStreamReader(around.in(), StandardCharsets.UTF_8)).readLine();
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw new Failure(Exit.FAILED, "nothing was changed", null);
        }
    }
}
