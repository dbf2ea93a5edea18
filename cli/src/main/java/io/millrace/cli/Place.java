package io.millrace.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/// A place in a topic, as people name it: the same words for every partition.
///
/// | text | place |
/// |---|---|
/// | `earliest`, `latest` | the first record there is; after the last one |
/// | `1200` | offset 1200 |
/// | `-10` | ten before the end of each partition |
/// | `-1h`, `-1h30m` | the first record of the last hour |
/// | `2026-11-21T08:00:00Z`, `2026-11-21T08:00`, `2026-11-21` | the first record from then on; UTC without a zone |
/// | `@1795248000000` | the same, in milliseconds since 1970 |
sealed interface Place {

    record Earliest() implements Place {}

    record Latest() implements Place {}

    /// @param offset from 0
    record At(long offset) implements Place {}

    /// @param count records before the end, above 0
    record Last(long count) implements Place {}

    /// @param timestampMs milliseconds since 1970
    record Since(long timestampMs) implements Place {}

    Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /// The place `text` names.
    ///
    /// @param nowMs what "an hour ago" is counted from
    static Place parse(String text, long nowMs) throws Failure {
        if (text.equals("earliest")) return new Earliest();
        if (text.equals("latest")) return new Latest();
        if (NUMBER.matcher(text).matches()) return new At(Long.parseLong(text));
        if (text.startsWith("@") && NUMBER.matcher(text.substring(1)).matches()) {
            return new Since(Long.parseLong(text.substring(1)));
        }
        if (text.startsWith("-")) {
            var rest = text.substring(1);
            if (NUMBER.matcher(rest).matches() && Long.parseLong(rest) > 0) return new Last(Long.parseLong(rest));
            if (Durations.isDuration(rest)) {
                return new Since(Math.max(0, nowMs - Durations.parse(rest).toMillis()));
            }
        }
        return new Since(instant(text).toEpochMilli());
    }

    private static Instant instant(String text) throws Failure {
        try {
            if (text.length() <= 10) return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
            int time = text.indexOf('T');
            boolean zoned = time > 0 && text.substring(time).matches(".*([Zz]|[+-]\\d\\d:?\\d\\d)");
            return zoned
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new Failure(
                    Exit.USAGE,
                    "'" + text + "' is not a place in a topic",
                    "use earliest, latest, an offset, -N for the last N, -1h, or a time such as 2026-11-21T08:00:00Z",
                    e);
        }
    }

    /// Where this place is in each of `partitions`, never outside what the partition holds.
    default Map<TopicPartition, Long> in(Set<TopicPartition> partitions, OffsetLookup lookup) throws Exception {
        var earliest = lookup.earliest(partitions);
        var latest = lookup.latest(partitions);
        Map<TopicPartition, Long> since =
                this instanceof Since(long timestampMs) ? lookup.since(partitions, timestampMs) : Map.of();
        var found = new TreeMap<TopicPartition, Long>(OffsetLookup.ORDER);
        for (var partition : partitions) {
            long first = earliest.getOrDefault(partition, 0L);
            long end = latest.getOrDefault(partition, first);
            long wanted = switch (this) {
                case Earliest() -> first;
                case Latest() -> end;
                case At(long offset) -> offset;
                case Last(long count) -> end - count;
                case Since _ -> since.getOrDefault(partition, end);
            };
            found.put(partition, Math.clamp(wanted, first, Math.max(first, end)));
        }
        return found;
    }
}
