package io.millrace.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A file system, as far as logs need one. [FileDisk] is the real one; the simulator has its own.
///
/// Every method may block and may be called from any thread. A missing file is a
/// [java.nio.file.NoSuchFileException] unless the method says otherwise. Where there is no space for
/// what is to be made or written, the failure is a [DiskFullException].
public interface Disk {

    /// Opens a file that is there, for reading only.
    DiskFile openToRead(Path file) throws IOException;

    /// Opens a file that is there, to see what the disk itself holds: past the page cache, and without
    /// filling it, as far as the system can. For reading with [DiskFile#read] only; bytes that the disk
    /// does not give any more are a [BadSectorException].
    default DiskFile openToScrub(Path file) throws IOException {
        return openToRead(file);
    }

    /// Opens a file for appending and reading; makes an empty one when there is none.
    DiskFile openToAppend(Path file) throws IOException;

    boolean exists(Path path);

    /// Whether `path` is a directory that is there.
    boolean isDirectory(Path path);

    /// The names of what lies in `directory`, sorted.
    List<String> list(Path directory) throws IOException;

    /// Makes `directory` and whatever is missing above it.
    void createDirectories(Path directory) throws IOException;

    /// Renames a file, replacing what has the new name, or a directory; atomic.
    void rename(Path from, Path to) throws IOException;

    /// Removes a file or an empty directory; nothing happens when there is none.
    void delete(Path path) throws IOException;

    /// Makes what was created, renamed or deleted in `directory` survive a power cut.
    void syncDirectory(Path directory) throws IOException;

    /// When the file's contents last changed, in wall milliseconds as the machine believed then.
    long modifiedMs(Path file) throws IOException;

    /// Has the file say that its contents last changed then.
    void modifiedMs(Path file, long wallMs) throws IOException;

    long sizeBytes(Path file) throws IOException;

    /// Bytes that may still be written to the file system of `path`.
    long freeBytes(Path path) throws IOException;

    /// Size of the file system of `path`, in bytes.
    long totalBytes(Path path) throws IOException;

    /// Takes the lock that keeps other processes out, until the result is closed. Empty when somebody
    /// has it.
    Optional<Closeable> lock(Path file) throws IOException;
}
