package io.millrace.log;

import io.millrace.folder.CommitLimits;

/// How much a data folder may use.
///
/// @param commits      of the write-ahead log
/// @param reserveBytes how much of the disk producers may not use; -1 for the usual
/// @param openFiles    how many files may be open at a time, a few more or less
public record FolderLimits(CommitLimits commits, long reserveBytes, int openFiles) {

    /// For a process of which nobody says how much it may have open, on a disk with the usual reserve.
    public static final FolderLimits USUAL = new FolderLimits(CommitLimits.DEFAULT, -1, 2_000);

    /// The same with another reserve.
    public FolderLimits withReserve(long bytes) {
        return new FolderLimits(commits, bytes, openFiles);
    }

    /// The same with other limits of the write-ahead log.
    public FolderLimits withCommits(CommitLimits limits) {
        return new FolderLimits(limits, reserveBytes, openFiles);
    }

    /// The same with another bound of open files.
    public FolderLimits withOpenFiles(int files) {
        return new FolderLimits(commits, reserveBytes, files);
    }
}
