package io.millrace.sim;

import io.millrace.log.Log;
import io.millrace.log.Producers;
import io.millrace.model.Clock;
import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What is done to one log, step by step, and noted in what is expected of it. What may happen is noted
/// before it is done, since everything can end in the middle of it; what did happen, afterwards.
final class LogSteps {

    /// After so long every log may be put to rest.
    private static final long REST_MS = 61_000;

    private final RandomGenerator random;
    private final Clock clock;
    private final Batches batches;
    private final @Nullable Consumer<String> trace;

    LogSteps(RandomGenerator random, Clock clock, @Nullable Consumer<String> trace) {
        this.random = random;
        this.clock = clock;
        this.batches = new Batches(random);
        this.trace = trace;
    }

    /// Appends one batch, sometimes of a newer epoch.
    void append(ExpectedLog expected, Log log) throws IOException {
        int epoch = Math.max(log.epochs().latest(), 0);
        if (random.nextInt(20) == 0) epoch++;
        var batch = batches.next(expected, clock.wallMs());
        if (!(log.producers().check(batch) instanceof Producers.Check.Fresh)) {
            throw new Violation(
                    "P1",
                    "%s is not welcome in %s: %s"
                            .formatted(batch, expected, log.producers().check(batch)));
        }
        var noted = expected.note(batch, epoch);
        say(() -> "append %s to %s".formatted(noted, expected.name()));
        expected.unwritten.add(batch);
        var offsets = log.append(batch, epoch);
        if (offsets.first() != noted.first || offsets.end() != noted.end) {
            throw new Violation("R3", "%s got the offsets %s".formatted(noted, offsets));
        }
    }

    /// A log that failed must go on failing.
    void insist(ExpectedLog expected, Log log) {
        try {
            log.append(
                    new RecordBatch(
                            new BatchBuilder().add(LogRecord.of(1, null, null)).build(), 0),
                    0);
            log.write();
        } catch (IOException e) {
            say(() -> "%s still refuses: %s".formatted(expected.name(), e.getMessage()));
            return;
        }
        throw new Violation("R15", "%s failed, and takes batches again".formatted(log));
    }

    /// The end of a turn. The bytes that were appended belong to somebody else from then on.
    void write(ExpectedLog expected, Log log) throws IOException {
        say(() -> "write " + expected.name());
        log.write();
        for (var batch : expected.unwritten) scribble(batch.bytes());
        expected.unwritten.clear();
    }

    private static void scribble(ByteBuffer bytes) {
        while (bytes.hasRemaining()) bytes.put((byte) 0x55);
    }

    /// Reads somewhere, and asks after the producers.
    void read(ExpectedLog expected, Log log) throws IOException {
        if (log.writtenEnd() == log.startOffset()) return;
        long offset = log.startOffset() + random.nextLong(log.writtenEnd() - log.startOffset());
        new Inspection(expected, log).reads(offset, 1 + random.nextInt(3_000));
        new Inspection(expected, log).producers();
    }

    /// Moves the start up.
    void trim(ExpectedLog expected, Log log) throws IOException {
        if (log.durableEnd() == log.startOffset()) return;
        long to = log.startOffset() + random.nextLong(log.durableEnd() - log.startOffset() + 1);
        say(() -> "trim %s to %d".formatted(expected.name(), to));
        expected.mostStart = Math.max(expected.mostStart, to);
        log.trimTo(to);
        expected.start = Math.max(expected.start, to);
    }

    /// Lets one old segment go, if one may.
    void retain(ExpectedLog expected, Log log) throws IOException {
        say(() -> "retain " + expected.name());
        expected.mostStart = Math.max(expected.mostStart, log.writtenEnd());
        long bytes = log.retain(log.durableEnd());
        if (bytes > 0 && log.config().retentionBytes() < 0 && log.startOffset() > expected.start) {
            throw new Violation("R17", "%s dropped what nobody wanted to be dropped".formatted(log));
        }
        expected.start = log.startOffset();
        expected.mostStart = expected.start;
    }

    /// Cuts the end off.
    void truncate(ExpectedLog expected, Log log) throws IOException {
        if (log.endOffset() == log.startOffset()) return;
        long to = log.startOffset() + random.nextLong(log.endOffset() - log.startOffset() + 1);
        if (to == log.endOffset()) return;
        say(() -> "cut %s to %d".formatted(expected.name(), to));
        expected.cutting(to);
        log.truncateTo(to);
        expected.cut(log.endOffset());
        if (log.endOffset() > to) throw new Violation("R11", "%s was not cut to %d".formatted(log, to));
    }

    /// Nothing happens for a while, and the log is put to rest.
    void rest(ExpectedLog expected, Log log, SimClock time) {
        say(() -> "put %s to rest".formatted(expected.name()));
        time.pass(REST_MS);
        boolean hadWork = log.rest();
        say(() -> hadWork ? "it had something to settle" : "there was nothing to settle");
    }

    /// A new leader, who has appended nothing yet.
    void beginEpoch(ExpectedLog expected, Log log) {
        int epoch = log.epochs().latest() + 1 + random.nextInt(2);
        say(() -> "epoch %d begins in %s".formatted(epoch, expected.name()));
        expected.leaderEpoch = Math.max(expected.leaderEpoch, epoch);
        log.epochs().begin(epoch, log.endOffset());
    }

    private void say(Supplier<String> what) {
        if (trace != null) trace.accept(what.get());
    }
}
