package io.millrace.metadata;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/// What a command asks for more than once. As in Kafka, such an item is answered once, with a refusal.
final class Repeated {

    private Repeated() {}

    /// The items that are there twice or more, in the order of their first repetition.
    static <T> Set<T> in(Collection<T> asked) {
        var seen = new HashSet<T>();
        var repeated = new LinkedHashSet<T>();
        for (var item : asked) {
            if (!seen.add(item)) repeated.add(item);
        }
        return repeated;
    }
}
