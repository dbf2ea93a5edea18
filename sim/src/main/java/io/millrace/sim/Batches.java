package io.millrace.sim;

import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// Makes batches as producers send them: small ones, now and then one of many sectors, no two with the same bytes;
/// some without a producer, the others with sequences that follow each other.
final class Batches {

    private static final int PRODUCERS = 3;
    private static final int SCATTER = 0x9E3779B9;

    private final RandomGenerator random;
    private final long[] producers = new long[PRODUCERS];
    private long lastProducer;
    private int lastValue;

    Batches(RandomGenerator random) {
        this.random = random;
        for (int i = 0; i < PRODUCERS; i++) producers[i] = ++lastProducer;
    }

    /// A batch that comes next in the log.
    RecordBatch next(ExpectedLog expected, long nowMs) {
        int records = 1 + random.nextInt(4);
        int bytes = random.nextInt(30) == 0 ? 500 + random.nextInt(3_000) : random.nextInt(150);
        var builder = new BatchBuilder();
        int producer = random.nextInt(PRODUCERS + 1) - 1;
        if (producer >= 0) sign(builder, expected, producer);
        for (int i = 0; i < records; i++) builder.add(LogRecord.of(nowMs + i, null, value(bytes)));
        return new RecordBatch(builder.build(), 0);
    }

    /// Of a producer whose last batch is not in the log any more nobody knows how much is remembered, so another one
    /// goes on.
    private void sign(BatchBuilder builder, ExpectedLog expected, int producer) {
        var newest = expected.newestOf(id(producer, expected));
        if (newest == null || newest.first < expected.start) {
            producers[producer] = ++lastProducer;
            builder.producer(id(producer, expected), (short) 0, 0);
        } else if (random.nextInt(25) == 0) {
            builder.producer(newest.producerId, (short) (newest.producerEpoch() + 1), 0);
        } else {
            builder.producer(newest.producerId, newest.producerEpoch(), newest.lastSequence() + 1);
        }
    }

    private long id(int producer, ExpectedLog expected) {
        return producers[producer] * 100 + expected.partition;
    }

    private ByteBuffer value(int bytes) {
        var value = ByteBuffer.allocate(bytes + Integer.BYTES);
        int number = ++lastValue * SCATTER;
        while (value.remaining() >= Integer.BYTES) value.putInt(number);
        return value.rewind();
    }
}
