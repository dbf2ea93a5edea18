package io.millrace.broker;

import io.millrace.wire.RequestTooLarge;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/// How often a request names one thing. Some answers are kept in hash tables of kafka-clients that take quadratic
/// time when many keys are equal; whoever asks for such an answer is refused before it is made.
final class Repeats {

    static final int MOST = 1_000;

    private final HashMap<@Nullable Object, Integer> counts = new HashMap<>();

    /// @param key what the answer will be kept under; null for something that nobody knows
    /// @throws RequestTooLarge when it was named too often
    void add(@Nullable Object key) {
        if (counts.merge(key, 1, Integer::sum) <= MOST) return;
        throw new RequestTooLarge(
                "it names %s more than %d times".formatted(key == null ? "what is unknown" : key, MOST));
    }
}
