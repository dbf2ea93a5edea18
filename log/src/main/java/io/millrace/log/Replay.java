package io.millrace.log;

import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.util.List;

/// Shows the headers of batches again that were looked at before.
final class Replay {

    interface Visitor {
        void visit(Segment segment, RecordBatch batch) throws IOException;
    }

    private Replay() {}

    /// The batches that end after `from` and begin before `end`, in order. Checksums are not looked at.
    ///
    /// @throws IOException when there is something else than batches before `end`
    static void between(List<Segment> segments, long from, long end, Visitor visitor) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            boolean isBefore = i + 1 < segments.size() && segments.get(i + 1).baseOffset() <= from;
            var segment = segments.get(i);
            if (isBefore || segment.baseOffset() >= end) continue;
            var walk = segment.walkTowards(from);
            while (walk.next() && walk.header().baseOffset() < end) {
                if (walk.header().endOffset() > from) visitor.visit(segment, walk.header());
            }
            if (!walk.problem().isEmpty() && walk.nextOffset() < end) {
                throw new DamagedSegment(
                        segment.baseOffset(),
                        "damaged segment %s at position %d: %s"
                                .formatted(segment, walk.positionBytes(), walk.problem()));
            }
            if (i + 1 < segments.size()) segment.closeFile();
        }
    }
}
