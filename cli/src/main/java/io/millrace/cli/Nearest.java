package io.millrace.cli;

import java.util.Collection;
import java.util.Optional;

/// The valid word a mistyped one was probably meant to be.
final class Nearest {

    private Nearest() {}

    /// The word of `valid` with the fewest edits from `typed`; nothing when none is near: more than a third
    /// of the letters would have to change, or two in a short word.
    static Optional<String> to(String typed, Collection<String> valid) {
        String best = null;
        int least = Math.max(typed.length() / 3, Math.min(2, typed.length() / 2)) + 1;
        for (var word : valid) {
            int edits = edits(typed, word);
            if (edits < least) {
                least = edits;
                best = word;
            }
        }
        return Optional.ofNullable(best);
    }

    /// Insertions, deletions and replacements that turn `a` into `b`.
    static int edits(String a, String b) {
        var above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) above[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            var row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
