package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.disk.TextFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// What is derived from the records of an active segment up to some offset, as its loop knows it: to be
/// written to the files by another thread. Void when the segment is closed, since closing writes it, and
/// when the log is cut.
///
/// Writing it again changes nothing, nor does writing it beside the loop: whoever writes to a place of
/// an index writes the same entries there, and a snapshot gets its name when it is whole.
///
/// @param snapshot the file of the producers' state, which is written only when it is not there
/// @param indexes  what the indexes' files do not hold yet
record Derived(Path snapshot, ByteBuffer producers, List<IndexTail> indexes) {

    /// The newest entries of an index, and their place in its file.
    record IndexTail(Path file, long positionBytes, ByteBuffer entries) {}

    /// Returns whether the snapshot was not there before.
    boolean write(Disk disk) throws IOException {
        for (var tail : indexes) {
            try (var file = disk.openToAppend(tail.file())) {
                file.write(tail.entries().duplicate(), tail.positionBytes());
            }
        }
        if (disk.exists(snapshot)) return false;
        var unfinished = snapshot.resolveSibling(snapshot.getFileName() + TextFile.TEMPORARY);
        TextFile.write(disk, unfinished, producers.duplicate());
        disk.rename(unfinished, snapshot);
        return true;
    }
}
