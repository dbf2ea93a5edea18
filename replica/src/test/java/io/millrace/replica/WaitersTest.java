package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.OffsetRange;
import io.millrace.replica.AppendResult.Appended;
import io.millrace.replica.AppendResult.Refused;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class WaitersTest {

    private final Waiters waiters = new Waiters(10);

    @Test
    void whatIsReachedAlreadyNeedsNoWaiting() {
        assertTrue(waiters.await(10, appended(9, 10)).isDone());
        assertFalse(waiters.await(11, appended(10, 11)).isDone());
    }

    @Test
    void theyGoInTheOrderOfTheirOffsets() {
        var told = new ArrayList<Long>();
        for (long end : new long[] {12, 20, 15, 15, 30, 11}) {
            waiters.await(end, appended(0, end)).then(result -> told.add(end));
        }

        waiters.reach(14);
        assertEquals(List.of(11L, 12L), told);
        waiters.reach(14);
        waiters.reach(29);
        assertEquals(List.of(11L, 12L, 15L, 15L, 20L), told);
    }

    @Test
    void aRepeatedBatchIsNotAnsweredBeforeItsOriginal() {
        var original = waiters.await(20, appended(15, 20));
        waiters.await(30, appended(20, 30));

        var repeated = waiters.await(20, appended(15, 20));
        waiters.reach(19);
        assertFalse(original.isDone() || repeated.isDone());
        waiters.reach(20);

        assertEquals(original.value(), repeated.value());
    }

    @Test
    void whenItWillNotComeEveryoneIsTold() {
        var waiting = waiters.await(20, appended(15, 20));
        var refusal = new Refused(Errors.NOT_LEADER_OR_FOLLOWER, "moved");

        waiters.refuseAll(refusal);

        assertEquals(refusal, waiting.value());
    }

    private static Appended appended(long first, long end) {
        return new Appended(new OffsetRange(first, end), -1, 0);
    }
}
