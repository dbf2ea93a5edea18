package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.TestClock;
import io.millrace.log.Producers.Check;
import io.millrace.model.OffsetRange;
import io.millrace.model.record.RecordBatch;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ProducersTest {

    private final TestClock clock = new TestClock();
    private final Producers producers = new Producers(clock);
    private long next;

    private Check check(int epoch, int sequence, int count) {
        return producers.check(Rig.batch(count, 1, 50, 9, epoch, sequence));
    }

    private void note(int epoch, int sequence, int count) {
        var batch = Rig.batch(count, 1, 50, 9, epoch, sequence);
        batch.stamp(next, 1);
        next += count;
        producers.note(batch, clock.monotonicNs());
    }

    private void assertRefused(Errors code, Check check) {
        assertEquals(code, assertInstanceOf(Check.Refused.class, check).code());
    }

    private void assertFresh(Check check) {
        assertInstanceOf(Check.Fresh.class, check);
    }

    @Test
    void aBatchWithoutAProducerIsAlwaysNew() {
        assertFresh(producers.check(Rig.batch(1, 1, 1)));
    }

    @Test
    void aStrangerMayBeginAnywhere() {
        assertFresh(check(3, 77, 2));
    }

    @Test
    void sequencesFollowEachOther() {
        note(0, 0, 3);
        assertFresh(check(0, 3, 1));
        assertRefused(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, check(0, 4, 1));
        assertRefused(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, check(0, 2, 1));
    }

    @Test
    void sequencesWrap() {
        note(0, Integer.MAX_VALUE - 1, 2);
        assertFresh(check(0, 0, 1));
        note(0, 0, 1);
        assertFresh(check(0, 1, 1));
    }

    @Test
    void aBatchMayWrapInItsMiddle() {
        note(0, Integer.MAX_VALUE, 3);
        assertFresh(check(0, 2, 1));
        assertInstanceOf(Check.Duplicate.class, check(0, Integer.MAX_VALUE, 3));
    }

    @Test
    void theLastFiveAreKnownAgain() {
        for (int i = 0; i < 7; i++) note(0, 2 * i, 2);
        for (int i = 2; i < 7; i++) {
            var duplicate = assertInstanceOf(Check.Duplicate.class, check(0, 2 * i, 2));
            assertEquals(new OffsetRange(2L * i, 2L * i + 2), duplicate.offsets());
            assertEquals(51, duplicate.appendTimeMs());
        }
        assertRefused(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, check(0, 2, 2));
        assertRefused(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, check(0, 12, 1));
    }

    @Test
    void aNewEpochBeginsWithZero() {
        note(0, 0, 3);
        assertRefused(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, check(1, 3, 1));
        assertFresh(check(1, 0, 1));
        note(1, 0, 1);
        assertRefused(Errors.INVALID_PRODUCER_EPOCH, check(0, 3, 1));
        assertRefused(Errors.INVALID_PRODUCER_EPOCH, check(0, 0, 3));
        assertInstanceOf(Check.Duplicate.class, check(1, 0, 1));
    }

    @Test
    void theSilentAreForgottenByTheTimeThatPassed() {
        note(0, 0, 1);
        clock.jump(TimeUnit.DAYS.toMillis(3650));
        producers.expire(1000);
        assertEquals(1, producers.active().size());

        clock.pass(1000);
        producers.expire(1000);
        assertEquals(List.of(), producers.active());
        assertFresh(check(0, 5, 1));
    }

    @Test
    void aSnapshotRemembersAllFive() throws IOException {
        for (int i = 0; i < 7; i++) note(2, 2 * i, 2);
        var bytes = ProducerSnapshot.encode(producers.snapshot());

        var after = new Producers(clock);
        after.restore(ProducerSnapshot.decode(bytes), clock.monotonicNs());

        for (int i = 2; i < 7; i++) {
            var again = Rig.batch(2, 1, 50, 9, 2, 2 * i);
            var duplicate = assertInstanceOf(Check.Duplicate.class, after.check(again));
            assertEquals(new OffsetRange(2L * i, 2L * i + 2), duplicate.offsets());
        }
        assertEquals(13, after.active().getFirst().lastSequence());
        assertFresh(after.check(Rig.batch(2, 1, 50, 9, 2, 14)));
    }

    @Test
    void aSnapshotKeepsHowLongEachWasSilentWhateverTheWallClockDoes() throws IOException {
        producers.note(Rig.batch(1, 1, 50, 1, 0, 0), clock.monotonicNs());
        clock.pass(600);
        producers.note(Rig.batch(1, 1, 50, 2, 0, 0), clock.monotonicNs());
        var entries = ProducerSnapshot.decode(ProducerSnapshot.encode(producers.snapshot()));
        clock.jump(TimeUnit.DAYS.toMillis(3650));

        var after = new Producers(clock);
        after.restore(entries, clock.monotonicNs());
        after.expire(1000);
        assertEquals(2, after.active().size());
        clock.pass(500);
        after.expire(1000);
        assertEquals(
                List.of(2L),
                after.active().stream().map(ProducerView::producerId).toList());
    }

    @Test
    void anOpenTransactionIsRememberedInItsPlace() throws IOException {
        var batch = Rig.batch(2, 1, 50, 9, 0, 0);
        var bytes = batch.bytes();
        bytes.putShort(21, (short) 0x10);
        var transactional = new RecordBatch(bytes, 0);
        transactional.stamp(40, 1);
        producers.note(transactional, clock.monotonicNs());

        var after = new Producers(clock);
        after.restore(ProducerSnapshot.decode(ProducerSnapshot.encode(producers.snapshot())), clock.monotonicNs());

        assertEquals(40, after.active().getFirst().txnFirstOffset());
    }

    @Test
    void aBrokenSnapshotIsRefused() throws IOException {
        note(0, 0, 3);
        var bytes = ProducerSnapshot.encode(producers.snapshot());
        for (int at = 0; at < bytes.limit(); at++) {
            var broken = java.nio.ByteBuffer.allocate(bytes.limit())
                    .put(bytes.duplicate())
                    .flip();
            broken.put(at, (byte) (broken.get(at) ^ 1));
            assertTrue(isRefused(broken), "byte " + at);
            assertTrue(isRefused(bytes.slice(0, at)), "length " + at);
        }
    }

    private static boolean isRefused(java.nio.ByteBuffer bytes) {
        try {
            ProducerSnapshot.decode(bytes);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
