package io.millrace.log;

import io.millrace.disk.TextFile;
import io.millrace.folder.LogPlace;
import io.millrace.folder.SegmentFiles;
import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The producer snapshots in a partition's folder, by the offset they were taken at.
final class ProducerSnapshots {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerSnapshots.class);

    private final LogPlace place;
    private final NavigableSet<Long> offsets = new TreeSet<>();

    ProducerSnapshots(LogPlace place) throws IOException {
        this(place, place.disk().list(place.dir()));
    }

    /// @param files what lies in the partition's folder
    ProducerSnapshots(LogPlace place, List<String> files) {
        this.place = place;
        for (var name : files) {
            SegmentFiles.offset(name, SegmentFiles.SNAPSHOT).ifPresent(offsets::add);
        }
    }

    /// Puts into `producers` what the latest good snapshot at or before `offset` knows. Returns its
    /// offset: what comes after has to be noted from the batches. Without a snapshot nobody is known,
    /// from the start of `segments` on. Broken ones are removed.
    long restore(Producers producers, List<Segment> segments, long offset) throws IOException {
        long start = segments.getFirst().baseOffset();
        for (long at : List.copyOf(offsets.headSet(offset, true).descendingSet())) {
            if (at < start) break;
            var file = SegmentFiles.of(place.dir(), at, SegmentFiles.SNAPSHOT);
            var bytes = TextFile.bytes(place.disk(), file);
            try {
                producers.restore(ProducerSnapshot.decode(bytes), lastAppendNs(segments, at));
                return at;
            } catch (IOException e) {
                LOG.warn("{} is made anew: {}", file, e.getMessage());
                remove(at);
                offsets.remove(at);
            }
        }
        producers.clear();
        return start;
    }

    /// When the last record before `offset` was appended, at the latest.
    private static long lastAppendNs(List<Segment> segments, long offset) {
        long lastNs = segments.getFirst().lastAppendNs();
        for (var segment : segments) {
            if (segment.baseOffset() < offset) lastNs = segment.lastAppendNs();
        }
        return lastNs;
    }

    /// Removes those taken after `offset`: they are ahead of the log.
    void removeAfter(long offset) throws IOException {
        for (long at : offsets.tailSet(offset, false)) remove(at);
        offsets.tailSet(offset, false).clear();
    }

    /// Removes those that are neither at `end` nor where a segment begins.
    void removeStray(List<Segment> segments, long end) throws IOException {
        var wanted = new TreeSet<Long>();
        for (var segment : segments) wanted.add(segment.baseOffset());
        wanted.add(end);
        for (long at : offsets) {
            if (!wanted.contains(at)) remove(at);
        }
        offsets.retainAll(wanted);
    }

    private void remove(long at) throws IOException {
        place.disk().delete(SegmentFiles.of(place.dir(), at, SegmentFiles.SNAPSHOT));
    }

    /// Takes one at `offset`, unless there is one.
    void take(Producers producers, long offset) throws IOException {
        if (!offsets.add(offset)) return;
        var file = SegmentFiles.of(place.dir(), offset, SegmentFiles.SNAPSHOT);
        TextFile.write(place.disk(), file, ProducerSnapshot.encode(producers.snapshot()));
    }
}
