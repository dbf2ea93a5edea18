package io.millrace.folder;

import java.nio.file.Path;
import java.util.OptionalLong;

/// How the files of a partition folder are called.
public final class SegmentFiles {

    public static final String LOG = ".log";
    public static final String OFFSET_INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String SNAPSHOT = ".snapshot";

    /// Ends the name of a file that is dropped and waits for its removal.
    public static final String DELETED = ".deleted";

    /// Ends the name of a file that compaction is still writing: worth nothing after a crash.
    public static final String CLEANED = ".cleaned";

    /// Ends the name of a file that compaction has finished, whole on the disk, which is about to take
    /// the place of others: recovery goes through with it.
    public static final String SWAP = ".swap";

    public static final String EPOCHS = "leader-epoch-checkpoint";
    public static final String APPEND_TIMES = "append-time-checkpoint";
    public static final String METADATA = "partition.metadata";

    private static final int DIGITS = 20;

    private SegmentFiles() {}

    public static Path of(Path dir, long offset, String suffix) {
        return dir.resolve("%020d%s".formatted(offset, suffix));
    }

    /// The offset in a name that ends with `suffix`; empty when it is no such name.
    public static OptionalLong offset(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) return OptionalLong.empty();
        long offset = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || offset > (Long.MAX_VALUE - digit) / 10) return OptionalLong.empty();
            offset = offset * 10 + digit;
        }
        return OptionalLong.of(offset);
    }
}
