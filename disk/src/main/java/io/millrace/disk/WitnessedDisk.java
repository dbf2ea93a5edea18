package io.millrace.disk;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// A disk of which no failed sync goes unnoticed, whoever asked for it and whatever became of that: the
/// system tells of a write that was lost once, and says that all is well afterwards.
public final class WitnessedDisk extends ForwardingDisk {

    private final Consumer<IOException> witness;

    /// @param witness told of every sync that failed, before whoever asked for it is; any thread
    public WitnessedDisk(Disk disk, Consumer<IOException> witness) {
        super(disk);
        this.witness = witness;
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new WitnessedFile(super.openToRead(file));
    }

    @Override
    public DiskFile openToAppend(Path file) throws IOException {
        return new WitnessedFile(super.openToAppend(file));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try {
            super.syncDirectory(directory);
        } catch (NoSuchFileException e) {
            throw e; // it is gone, and nothing was lost with it
        } catch (IOException e) {
            witness.accept(e);
            throw e;
        }
    }

    private final class WitnessedFile extends ForwardingFile {

        WitnessedFile(DiskFile file) {
            super(file);
        }

        @Override
        public void sync() throws IOException {
            try {
                super.sync();
            } catch (IOException e) {
                witness.accept(e);
                throw e;
            }
        }
    }
}
