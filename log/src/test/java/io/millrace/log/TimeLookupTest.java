package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimeLookupTest {

    private record Written(long offset, long timestampMs, int epoch) {}

    static List<Long> seeds() {
        var random = new Random();
        var seeds = new ArrayList<Long>();
        for (int i = 0; i < 12; i++) seeds.add(random.nextLong());
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void lookUpsFindWhatAListFinds(long seed) throws IOException, MalformedRecords {
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var rig = new Rig(
                "segment.bytes", Integer.toString(300 + random.nextInt(3000)),
                "index.interval.bytes", Integer.toString(random.nextInt(500)));
        var log = rig.open();
        var written = new ArrayList<Written>();
        for (int i = 0; i < 150; i++) {
            append(log, random, i / 40, written);
            if (random.nextInt(10) == 0) log.write();
            if (random.nextInt(40) == 0) {
                rig.close();
                log = rig.open();
            }
        }
        log.write();
        rig.work.settle();
        if (random.nextBoolean()) log.trimTo(random.nextLong(log.endOffset()));
        for (int i = 0; i < 60; i++) {
            long end = random.nextBoolean() ? Long.MAX_VALUE : batchEnd(log, random);
            long time = random.nextInt(1200);
            long start = log.startOffset();
            var first = written.stream()
                    .filter(r -> r.offset >= start && r.offset < end && r.timestampMs >= time)
                    .findFirst();
            assertEquals(first, find(log.reader().firstAtOrAfter(time, end, new PlainReader())), "from " + time);
            var newest = written.stream()
                    .filter(r -> r.offset >= start && r.offset < end)
                    .reduce((a, b) -> b.timestampMs > a.timestampMs ? b : a);
            assertEquals(newest, find(log.reader().newest(end, new PlainReader())), "start " + start + " end " + end);
        }
    }

    private static Optional<Written> find(TimeLookup lookup) throws IOException, MalformedRecords {
        return lookup.find().map(found -> new Written(found.offset(), found.timestampMs(), found.leaderEpoch()));
    }

    private static void append(Log log, Random random, int epoch, List<Written> written) throws IOException {
        var builder = new BatchBuilder();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            long time = random.nextInt(1000);
            written.add(new Written(log.endOffset() + i, time, epoch));
            builder.add(LogRecord.of(time, null, null));
        }
        log.append(new RecordBatch(builder.build(), 0), epoch);
    }

    /// The end of some batch: high watermarks lie there.
    private static long batchEnd(Log log, Random random) throws IOException {
        if (log.startOffset() == log.writtenEnd()) return log.writtenEnd();
        long offset = log.startOffset() + random.nextLong(log.writtenEnd() - log.startOffset());
        var slice = log.reader().readBlocking(offset, Long.MAX_VALUE, 1, true).orElseThrow();
        slice.place().release();
        return slice.firstOffset();
    }

    @Test
    void anEmptyLogHasNoTimes() throws IOException, MalformedRecords {
        var log = new Rig().open();
        assertTrue(log.reader().newest(Long.MAX_VALUE, new PlainReader()).find().isEmpty());
        assertTrue(log.reader()
                .firstAtOrAfter(0, Long.MAX_VALUE, new PlainReader())
                .find()
                .isEmpty());
    }

    @Test
    void aLookUpOutlivesTheSegmentsItLooksAt() throws IOException, MalformedRecords {
        var rig = new Rig("segment.bytes", "300");
        var log = rig.open();
        for (int i = 0; i < 20; i++) log.append(Rig.batch(1, 50, 100 + i), 1);
        log.write();
        var lookup = log.reader().firstAtOrAfter(100, Long.MAX_VALUE, new PlainReader());
        rig.work.settle();
        log.trimTo(10);
        rig.work.settle();
        while (log.retain() > 0) rig.work.later();

        var found = lookup.find().orElseThrow();
        assertTrue(found.offset() > 0 && found.offset() <= 10, "found " + found);
    }
}
