package io.millrace.replica.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.replica.host.Counter.Call;
import io.millrace.replica.host.Counter.Count;
import io.millrace.replica.host.Counter.CountIn;
import io.millrace.replica.host.Counter.Counted;
import io.millrace.replica.host.Counter.Event;
import io.millrace.replica.host.Counter.Stumble;
import io.millrace.replica.host.Counter.Tell;
import io.millrace.replica.host.Counter.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ShardHostTest {

    /// A log in memory that can be made to refuse and to fail.
    private static final class Book implements ShardLog<Event> {
        private final List<List<Event>> batches = new ArrayList<>();
        private Errors answering = Errors.NONE;
        private Errors writing = Errors.NONE;
        private boolean broken;
        private int wanted;
        private int applied;

        @Override
        public Errors mayAnswer() {
            return answering;
        }

        @Override
        public Errors mayWrite() {
            return writing;
        }

        @Override
        public long append(List<Event> records) throws IOException {
            if (broken) throw new IOException("the disk is gone");
            batches.add(records);
            return end();
        }

        @Override
        public long end() {
            return batches.stream().mapToInt(List::size).sum();
        }

        @Override
        public void wantsFlush() {
            wanted++;
        }

        @Override
        public void applied(Event record) {
            applied++;
        }
    }

    private final HandLoop loop = new HandLoop();
    private final Book book = new Book();
    private final Counter counter = new Counter();
    private final ShardHost<Counter.Command, Event, String> host =
            new ShardHost<>(counter, book, loop, loop, Errors::name, Duration.ofSeconds(5));

    private void open() {
        host.opened(new Counter.Loaded(), book.end());
    }

    @Test
    void aTurnIsOneBatchAndItsAnswersWaitUntilItIsCommitted() throws IOException {
        open();
        var first = host.ask(Count::new);
        var second = host.ask(Count::new);
        assertEquals(1, book.wanted);
        assertEquals(List.of(), book.batches);

        host.flush();
        assertEquals(List.of(List.of(new Counted(), new Counted())), book.batches);
        host.onHighWatermark(1);
        assertFalse(first.isDone(), "a batch is committed as a whole");
        host.onHighWatermark(2);
        assertEquals("1", first.value());
        assertEquals("2", second.value());
        assertEquals(2, book.applied);
    }

    @Test
    void aReadWaitsForWhatItHasSeen() throws IOException {
        open();
        assertEquals("0", host.ask(Tell::new).value(), "nothing is open");
        host.ask(Count::new);
        var sameTurn = host.ask(Tell::new);
        host.flush();
        var nextTurn = host.ask(Tell::new);
        assertFalse(sameTurn.isDone());
        assertFalse(nextTurn.isDone());
        host.onHighWatermark(1);
        assertEquals("1", sameTurn.value());
        assertEquals("1", nextTurn.value());
    }

    @Test
    void whereNothingCanBeWrittenReadsGoOnAndNothingChanges() {
        open();
        book.writing = Errors.NOT_ENOUGH_REPLICAS;
        assertEquals("NOT_ENOUGH_REPLICAS", host.ask(Count::new).value());
        assertEquals(0, counter.count);
        assertEquals("0", host.ask(Tell::new).value());
        assertEquals(0, host.waiting());
    }

    @Test
    void whoeverDoesNotLeadAnswersNothing() {
        assertEquals("COORDINATOR_LOAD_IN_PROGRESS", host.ask(Tell::new).value());
        open();
        book.answering = Errors.NOT_COORDINATOR;
        assertEquals("NOT_COORDINATOR", host.ask(Tell::new).value());
    }

    @Test
    void whatWasReplayedIsThere() {
        host.replay(new Counted());
        host.replay(new Counted());
        open();
        assertEquals("2", host.ask(Tell::new).value());
        assertEquals(0, book.wanted);
        assertThrows(IllegalStateException.class, () -> host.replay(new Counted()));
    }

    @Test
    void anAnswerThatIsNotCommittedInTimeBecomesARefusal() throws IOException {
        open();
        var first = host.ask(Count::new);
        host.flush();
        loop.pass(3_000);
        var second = host.ask(Count::new);
        host.flush();
        loop.pass(2_000);
        assertEquals("REQUEST_TIMED_OUT", first.value());
        assertFalse(second.isDone());
        host.onHighWatermark(2);
        assertEquals("2", second.value());
    }

    @Test
    void timersBecomeCommandsAndTryAgainWhileNothingCanBeWritten() throws IOException {
        open();
        assertEquals("later", host.ask(token -> new CountIn(token, 1_000)).value());
        book.writing = Errors.NOT_ENOUGH_REPLICAS;
        loop.pass(1_000);
        assertEquals(0, counter.count);
        book.writing = Errors.NONE;
        loop.pass(500);
        assertEquals(1, counter.count);
        host.flush();
        assertEquals(1, book.end());
        loop.pass(10_000);
        assertEquals(1, counter.count);
    }

    @Test
    void aLaterAnswerFindsWhoAsked() {
        open();
        var waiting = host.ask(Wait::new);
        assertFalse(waiting.isDone());
        assertEquals("done", host.ask(Call::new).value());
        assertEquals("called", waiting.value());
    }

    @Test
    void aContinuationMayAskAgain() throws IOException {
        open();
        var again = new ArrayList<String>();
        host.ask(Count::new).then(_ -> host.ask(Count::new).then(again::add));
        host.flush();
        host.onHighWatermark(1);
        assertEquals(2, book.wanted);
        host.flush();
        host.onHighWatermark(2);
        assertEquals(List.of("2"), again);
    }

    @Test
    void whoWaitsIsToldWhenTheHostCloses() throws IOException {
        open();
        var waiting = host.ask(Wait::new);
        var held = host.ask(Count::new);
        host.flush();
        var unwritten = host.ask(Count::new);
        host.ask(token -> new CountIn(token, 10));

        host.close(Errors.NOT_COORDINATOR);
        for (var each : List.of(waiting, held, unwritten)) assertEquals("NOT_COORDINATOR", each.value());
        assertEquals("NOT_COORDINATOR", host.ask(Tell::new).value());
        host.flush();
        loop.pass(10_000);
        assertEquals(1, book.end(), "what was not written then is not written later");
        assertEquals(0, host.waiting());
    }

    @Test
    void aFailedWriteClosesTheHost() {
        open();
        var lost = host.ask(Count::new);
        book.broken = true;
        assertThrows(IOException.class, host::flush);
        assertEquals("NOT_COORDINATOR", lost.value());
        assertEquals("NOT_COORDINATOR", host.ask(Tell::new).value());
    }

    @Test
    void aMachineThatFailsToDecideHasChangedNothing() {
        open();
        assertThrows(IllegalStateException.class, () -> host.ask(Stumble::new));
        assertEquals(0, host.waiting());
        assertTrue(host.ask(Tell::new).isDone());
    }
}
