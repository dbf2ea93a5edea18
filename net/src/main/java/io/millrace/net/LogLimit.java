package io.millrace.net;

/// Keeps what peers can provoke from flooding the log: ten lines a second. Belongs to one loop.
final class LogLimit {

    private static final int LINES_PER_WINDOW = 10;
    private static final long WINDOW_NS = 1_000_000_000;

    private long windowBeganNs;
    private int lines;
    private long hidden;

    /// May a line be written now? If not, it is counted as hidden.
    boolean allows(long nowNs) {
        if (nowNs - windowBeganNs >= WINDOW_NS) {
            windowBeganNs = nowNs;
            lines = 0;
        }
        if (lines < LINES_PER_WINDOW) {
            lines++;
            return true;
        }
        hidden++;
        return false;
    }

    /// What to add to an allowed line: how many were hidden before it.
    String hiddenBefore() {
        if (hidden == 0) return "";
        long count = hidden;
        hidden = 0;
        return " (" + count + " lines like this were left out before)";
    }
}
