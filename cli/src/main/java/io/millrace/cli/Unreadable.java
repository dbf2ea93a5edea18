package io.millrace.cli;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Offsets of a partition that a consumer cannot read, since their records are damaged, or were never in a form
/// that it understands.
///
/// @param end          one past the last of them, as far as that was found out; else one past the first
/// @param isKnownThere whether the broker knows of the damage, and keeps what is left in quarantine
record Unreadable(TopicPartition partition, long first, long end, boolean isKnownThere) {

    private static final String REFUSED = "Encountered corrupt message when fetching offset";

    /// As kafka-clients names the place in the exceptions that mean damage, which have no type of their own.
    private static final Pattern PLACE = Pattern.compile("^(?:" + REFUSED + " \\d+ for topic-partition"
            + "|Record(?: batch)? for partition"
            + "|Received exception when fetching the next record from) (\\S+)-(\\d+)\\b.*");

    /// The partition in which a consumer met damage; nothing when something else went wrong.
    static Optional<TopicPartition> met(KafkaException thrown) {
        var place = PLACE.matcher(Explain.said(thrown));
        if (!place.matches()) return Optional.empty();
        return Optional.of(new TopicPartition(place.group(1), Integer.parseInt(place.group(2))));
    }

    /// Whether the broker itself refused to serve what is damaged.
    static boolean wasRefused(KafkaException thrown) {
        return Explain.said(thrown).startsWith(REFUSED);
    }

    /// What the user reads: what is damaged, and how to go on behind it.
    ///
    /// @param group in which the user reads; null without one
    Failure failure(@Nullable String group, KafkaException thrown) {
        var offsets = end - first > 1 ? "offsets %d to %d".formatted(first, end - 1) : "offset " + first;
        var what = "%s of %s, partition %d, cannot be read: %s"
                .formatted(offsets, partition.topic(), partition.partition(), why(thrown) + between());
        var place = " %s --partition %d ".formatted(partition.topic(), partition.partition());
        var next = group == null
                ? "read on behind that with: millrace consume" + place + "--from " + end
                : "go on behind that with: millrace group reset-offsets %s --topic%s--to %d --execute"
                        .formatted(group, place, end);
        return new Failure(Exit.FAILED, what, next, thrown);
    }

    /// What the client cannot read may be what a producer sent, and no damage: it says more of it in the cause.
    private String why(KafkaException thrown) {
        if (isKnownThere) return "damaged on the broker's disk, and in quarantine there";
        var cause = thrown.getCause();
        return Explain.said(cause == null ? thrown : cause);
    }

    /// What [DamageSearch] did not try.
    private String between() {
        return end - first > 3 ? "; some of those between may be readable: `millrace log verify` says which" : "";
    }
}
