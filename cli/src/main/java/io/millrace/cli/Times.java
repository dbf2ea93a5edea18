package io.millrace.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Timestamps for people: `2026-11-21T08:00:00.000Z`, always as long, always UTC.
final class Times {

    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Times() {}

    /// @param timestampMs milliseconds since 1970; -1 is printed as `-`, since it stands for none
    static String utc(long timestampMs) {
        return timestampMs == -1 ? "-" : FORM.format(Instant.ofEpochMilli(timestampMs));
    }
}
