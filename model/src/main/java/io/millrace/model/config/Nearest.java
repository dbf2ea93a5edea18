package io.millrace.model.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds the name that somebody probably meant, among settings or flags.
public final class Nearest {

    /// Longer names than this are not looked at: nobody types them by mistake.
    private static final int MAX_LENGTH = 200;

    /// A forgotten or superfluous first or last part ("retention.ms" for "log.retention.ms") costs as much as
    /// this many wrong letters.
    private static final int PART_COST = 1;

    private Nearest() {}

    /// The nearest of `names`, or null when none is near: more than a third of the letters would have to
    /// change.
    public static @Nullable String to(String given, Collection<String> names) {
        if (given.length() > MAX_LENGTH) return null;
        var plain = plain(given);
        String nearest = null;
        int least = Math.max(2, plain.length() / 3) + 1;
        for (var name : names) {
            int cost = cost(plain, name, least);
            boolean better = cost < least || (nearest != null && cost == least && isLikelier(name, nearest, plain));
            if (!better) continue;
            nearest = name;
            least = cost;
        }
        return nearest;
    }

    /// Capitals, underscores and hyphens as people write them in environments: LOG_DIRS, Kafka-style
    /// `KAFKA_LOG_DIRS`.
    private static String plain(String given) {
        var plain = given.trim().toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.');
        return plain.startsWith("kafka.") ? plain.substring("kafka.".length()) : plain;
    }

    private static int cost(String given, String name, int limit) {
        if (name.equals(given)) return 0;
        if (!given.isEmpty() && (isPart(given, name) || isPart(name, given))) return PART_COST;
        return Math.abs(name.length() - given.length()) > limit ? limit + 1 : edits(given, name);
    }

    private static boolean isPart(String part, String whole) {
        return whole.endsWith("." + part) || whole.startsWith(part + ".");
    }

    /// Of names that cost the same: the one whose length is nearer, then the first in the alphabet.
    private static boolean isLikelier(String name, String than, String given) {
        int longer = Math.abs(name.length() - given.length());
        int longerThan = Math.abs(than.length() - given.length());
        return longer != longerThan ? longer < longerThan : name.compareTo(than) < 0;
    }

    /// Letters to add, drop, change or swap with their neighbour.
    private static int edits(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] now = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) last[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            now[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                now[j] = Math.min(Math.min(now[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) now[j] = Math.min(now[j], beforeLast[j - 2] + 1);
            }
            var free = beforeLast;
            beforeLast = last;
            last = now;
            now = free;
        }
        return last[b.length()];
    }
}
