package io.millrace.folder;

/// How [GroupCommit] and its write-ahead log are dimensioned. The figures behind [#DEFAULT] are
/// in decisions/0014.
///
/// @param directBytes a log that wrote so much since the last commit has its segment synced, and not its
///                    bytes copied
/// @param frameBytes  how much one frame of the write-ahead log holds at most; a multiple of 4096, more
///                    than `directBytes`
/// @param fileBytes   a file of the write-ahead log is full when the next frame would grow it past this
/// @param mostFiles   so many files there may be, at least 2
public record CommitLimits(int directBytes, int frameBytes, long fileBytes, int mostFiles) {

    public static final CommitLimits DEFAULT = new CommitLimits(256 << 10, 1 << 20, 32L << 20, 8);

    private static final long WORTH_SYNCING_BYTES = 2L << 20;

    public CommitLimits {
        boolean fits = directBytes > 0 && frameBytes % WalFrame.BLOCK_BYTES == 0 && fileBytes >= frameBytes;
        if (!fits || frameBytes - directBytes < WalFrame.BLOCK_BYTES || mostFiles < 2) {
            throw new IllegalArgumentException("these limits do not fit together: " + directBytes + ", " + frameBytes
                    + ", " + fileBytes + ", " + mostFiles);
        }
    }

    /// The same for a disk of this size: the write-ahead log takes a twentieth of it at most, as far as
    /// its files can hold a frame each.
    public CommitLimits within(long diskBytes) {
        long most = Math.max(frameBytes, diskBytes / 20 / mostFiles);
        return most >= fileBytes ? this : new CommitLimits(directBytes, frameBytes, most, mostFiles);
    }

    /// Whether so many full files should be emptied, when they hold what was written to so many logs.
    /// Emptying them syncs the segments of each log, which takes a while however little there is; and a
    /// commit that meets such a sync waits for all of it, so that it should not be of much.
    boolean areWorthEmptying(int fullFiles, int logs) {
        boolean areMany = fullFiles >= Math.max(1, mostFiles / 2);
        return areMany || (fullFiles > 0 && fullFiles * fileBytes >= logs * WORTH_SYNCING_BYTES);
    }
}
