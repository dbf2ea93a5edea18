/// # disk: files, the threads that touch them, and what may go wrong with both
///
/// The seam between Millrace's logs and the machine: all file access goes through [Disk] and [DiskFile],
/// so that tests can put a disk there that fails, fills up, or loses power. Around it what every data
/// folder needs to know of its disk: whether it can still be believed, whether there is space, and how
/// much time went by.
///
/// - **Knows** files, directories, syncs, free space, descriptors, cold and warm pages, monotonic time.
/// - **Does not know** records, offsets, partitions.
/// - **Called by** `folder` and `log`, and by rooms above where they hand a slice of a file on.
/// - **Thread** everything here may be used from any thread, unless it says otherwise; [FileWork] is
///   the threads.
///
/// Read [Disk] first, then [FileDisk]; [FolderHealth] and [DiskSpace] say what a failure means.
@NullMarked
package io.millrace.disk;

import org.jspecify.annotations.NullMarked;
