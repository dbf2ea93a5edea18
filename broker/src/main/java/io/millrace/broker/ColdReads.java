package io.millrace.broker;

import io.millrace.log.ColdLookup;
import io.millrace.model.Promise;
import io.millrace.replica.Shard;
import java.util.Optional;

/// What a reader wants from far behind the end of a log may lie on the disk only. A file thread looks it
/// up and brings it into memory before it is read, so that no loop waits for the disk.
final class ColdReads {

    private final FileErrands files;

    ColdReads(FileErrands files) {
        this.files = files;
    }

    /// Has `lookup` run.
    ///
    /// @param home the shard of the partition
    /// @return kept on the loop of `home` when that is done; nothing when too much waits for the disk
    ///         already or too many files are open, and the look-up is let go of
    Optional<Promise<ColdLookup>> look(Shard home, ColdLookup lookup) {
        var done = lookup.mustWait()
                ? Optional.<Promise<ColdLookup>>empty()
                : files.send(home, () -> run(lookup), () -> lookup, ColdLookup::release);
        if (done.isEmpty()) lookup.release();
        return done;
    }

    private static ColdLookup run(ColdLookup lookup) {
        lookup.run();
        return lookup;
    }
}
