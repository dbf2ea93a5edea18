package io.millrace.log;

import io.millrace.disk.Disk;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.util.function.Consumer;

/// The first half of a compaction: finds the last offset of every key in the part of a log that was not
/// compacted before. Records of aborted transactions do not count.
///
/// It stops early where the map is full, and before records of a transaction whose end is not known yet;
/// the next compaction goes on from there.
final class KeyScan {

    private final CleaningPlan plan;
    private final OffsetMap map;
    private final RecordReader reader;
    private final OldBatches batches;
    private final Markers markers;
    private long reach;
    private boolean isStopped;

    KeyScan(Disk disk, CleaningPlan plan, OffsetMap map, RecordReader reader) {
        this.plan = plan;
        this.map = map;
        this.reader = reader;
        this.reach = plan.firstDirty();
        this.batches = new OldBatches(disk, plan.segments(), plan.firstDirty());
        this.markers = new Markers(disk, plan.everything(), reader);
    }

    /// Looks at up to about `maxBytes`; false when it is done.
    boolean step(long maxBytes) throws IOException, MalformedRecords {
        long until = batches.bytesSeen() + maxBytes;
        try {
            while (!isStopped && batches.bytesSeen() < until) {
                if (!batches.next()) {
                    reach = plan.end();
                    return false;
                }
                if (!look(batches.batch())) return true;
            }
            return !isStopped;
        } finally {
            batches.rest();
        }
    }

    /// False when the batch has to be looked at once more: the end of its transaction is still
    /// searched for.
    private boolean look(RecordBatch batch) throws IOException, MalformedRecords {
        if (batch.isControl()) {
            markers.passed(batch);
        } else if (batch.endOffset() > plan.firstDirty() && batch.recordCount() > 0) {
            var outcome = batch.isTransactional() ? markers.of(batch, batches) : Markers.Outcome.COMMITTED;
            if (outcome == null) {
                batches.back();
                markers.lookAhead();
                return false;
            }
            switch (outcome) {
                case COMMITTED -> reader.read(batch, new Keys());
                case ABORTED -> {}
                case UNKNOWN -> isStopped = true;
            }
        }
        if (!isStopped) reach = Math.max(reach, batch.endOffset());
        return true;
    }

    /// Puts the keys of one batch into the map, as far as there is room.
    private final class Keys implements Consumer<LogRecord> {

        @Override
        public void accept(LogRecord record) {
            var key = record.key();
            if (isStopped || key == null || record.offset() < plan.firstDirty()) return;
            if (map.put(key, record.offset())) return;
            isStopped = true;
            reach = Math.max(reach, record.offset());
        }
    }

    /// The map knows the last offset before this one of every key.
    long reach() {
        return reach;
    }

    long bytesSeen() {
        return batches.bytesSeen();
    }
}
