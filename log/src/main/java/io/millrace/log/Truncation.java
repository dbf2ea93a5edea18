package io.millrace.log;

import io.millrace.folder.LogPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes a log shorter. Nothing is buffered, and the recovery point lies at or before the new
/// end already.
final class Truncation {

    private final LogPlace place;
    private final Producers producers;

    Truncation(LogPlace place, Producers producers) {
        this.place = place;
        this.producers = producers;
    }

    /// Cuts `segments` to `newEndOffset`; returns the files that are no part of the log any more.
    List<Path> to(List<Segment> segments, long newEndOffset) throws IOException {
        var dropped = new ArrayList<Path>();
        while (segments.size() > 1 && segments.getLast().baseOffset() > newEndOffset) {
            dropped.addAll(segments.removeLast().drop());
        }
        var last = segments.getLast();
        last.activate();
        last.rewindTo(newEndOffset);
        var problem = last.refill(Long.MAX_VALUE, newEndOffset, _ -> {});
        if (!problem.isEmpty()) throw new IOException("damaged segment %s: %s".formatted(last, problem));
        last.cutFile();
        last.file().file().sync();
        place.disk().syncDirectory(place.dir());
        last.cutIndexes();
        reloadProducers(segments, last.endOffset());
        return dropped;
    }

    private void reloadProducers(List<Segment> segments, long end) throws IOException {
        var snapshots = new ProducerSnapshots(place);
        snapshots.removeAfter(end);
        long from = snapshots.restore(producers, segments, end);
        Replay.between(segments, from, end, (segment, batch) -> producers.note(batch, segment.lastAppendNs()));
    }
}
