package io.millrace.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A disk that knows how many of its files are open.
public final class CountedDisk extends ForwardingDisk {

    private final AtomicInteger open = new AtomicInteger();

    public CountedDisk(Disk disk) {
        super(disk);
    }

    int openFiles() {
        return open.get();
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new CountedFile(super.openToRead(file), open);
    }

    @Override
    public DiskFile openToScrub(Path file) throws IOException {
        return new CountedFile(super.openToScrub(file), open);
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        return new CountedFile(super.openToAppend(file), open);
    }

    /// Counts from its making until it is closed for the first time.
    private static final class CountedFile extends ForwardingFile {

        private final AtomicInteger open;
        private final AtomicBoolean isClosed = new AtomicBoolean();

        CountedFile(DiskFile file, AtomicInteger open) {
            super(file);
            this.open = open;
            open.incrementAndGet();
        }

        @Override
        public void close() throws IOException {
            if (isClosed.compareAndSet(false, true)) open.decrementAndGet();
            super.close();
        }
    }
}
