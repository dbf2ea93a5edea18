package io.millrace.cli;

import java.util.Locale;

/// Bytes for people: `0 B`, `1.5 KiB`, `3.2 GiB`.
final class Sizes {

    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};

    private Sizes() {}

    static String of(long bytes) {
        if (bytes < 1024) return bytes + " B";
        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < UNITS.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }

    /// `1 record`, `2 records`.
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
