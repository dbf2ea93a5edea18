package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BatchTimeLookupTest {

    private final Rig rig = new Rig("segment.bytes", "400", "index.interval.bytes", "100");

    private static void append(Log log, long... timesMs) throws IOException {
        var builder = new BatchBuilder();
        for (long time : timesMs) builder.add(LogRecord.of(time, null, null));
        log.append(new RecordBatch(builder.build(), 0), 1);
    }

    @Test
    void everyOffsetHasTheNewestTimeOfItsBatch() throws IOException {
        var log = rig.open();
        for (int i = 0; i < 30; i++) append(log, 1000 + i, 2000 + i, 500);
        log.write();
        for (long offset = 0; offset < log.endOffset(); offset++) {
            assertEquals(
                    OptionalLong.of(2000 + offset / 3),
                    log.reader().batchTime(offset).find(),
                    "offset " + offset);
        }
    }

    @Test
    void whatIsNotWrittenHasNoTimeYet() throws IOException {
        var log = rig.open();
        append(log, 1000);
        log.write();
        append(log, 1001);
        assertEquals(OptionalLong.empty(), log.reader().batchTime(1).find());
    }

    @Test
    void aBatchWithoutTimesHasNone() throws IOException {
        var log = rig.open();
        append(log, -1);
        log.write();
        assertEquals(OptionalLong.empty(), log.reader().batchTime(0).find());
    }

    @Test
    void aLookOutlivesItsSegment() throws IOException {
        var log = rig.open();
        for (int i = 0; i < 30; i++) append(log, 1000 + i);
        log.write();
        var look = List.of(log.reader().batchTime(0), log.reader().batchTime(29));
        rig.work.settle();
        log.trimTo(29);
        rig.work.settle();
        while (log.retain() > 0) rig.work.later();

        assertEquals(OptionalLong.empty(), look.get(0).find());
        assertEquals(OptionalLong.of(1029), look.get(1).find());
    }
}
