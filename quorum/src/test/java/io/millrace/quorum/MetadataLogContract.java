package io.millrace.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.model.Promise;
import io.millrace.quorum.MetadataLog.Committed;
import io.millrace.quorum.MetadataLog.Lost;
import io.millrace.quorum.MetadataLog.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every [MetadataLog] keeps to when its node is the only voter.
abstract class MetadataLogContract {

    final HandLoop loop = new HandLoop();
    private final List<MetadataLog> opened = new ArrayList<>();

    /// A log over the same disk every time.
    abstract MetadataLog log();

    /// Closes the log so that the next one begins with a snapshot of everything read so far.
    abstract void closeWithSnapshot(MetadataLog log);

    @AfterEach
    void closeAll() {
        opened.forEach(MetadataLog::close);
    }

    @Test
    void whatIsProposedIsReadInOrder() throws IOException {
        var reader = new RecordingReader(loop);
        var log = lead(reader);
        var outcomes = proposeAll(log, numbered(0, 300));
        outcomes.forEach(loop::await);
        loop.until(() -> reader.caughtUpAt() == 300);
        assertEquals(numbered(0, 300), reader.entries());
        assertEquals(
                outcomes.stream()
                        .map(outcome -> assertInstanceOf(Committed.class, outcome.value())
                                .index())
                        .toList(),
                reader.indexes());
        assertEquals(reader.indexes().stream().sorted().distinct().toList(), reader.indexes());
    }

    @Test
    void everythingIsReadAgainAfterARestart() throws IOException {
        var first = new RecordingReader(loop);
        var log = lead(first);
        proposeAll(log, numbered(0, 20)).forEach(loop::await);
        loop.until(() -> first.entries().size() == 20);
        log.close();

        var second = new RecordingReader(loop);
        var again = lead(second);
        loop.until(() -> second.caughtUpAt() == 20);
        assertEquals(first.entries(), second.entries());
        loop.await(again.propose(bytes("more"), loop));
        loop.until(() -> second.caughtUpAt() == 21);
        assertTrue(second.indexes().getLast() > first.indexes().getLast());
    }

    @Test
    void aLeaderHasReadEverythingFromBeforeItsTerm() throws IOException {
        var first = new RecordingReader(loop);
        var log = lead(first);
        proposeAll(log, numbered(0, 5)).forEach(loop::await);
        log.close();

        var second = new RecordingReader(loop);
        lead(second);
        assertEquals("leading after 5", second.events().getLast());
        assertTrue(second.terms().getLast() > first.terms().getLast());
    }

    @Test
    void aSnapshotStandsForWhatWasReadBeforeIt() throws IOException {
        var first = new RecordingReader(loop);
        var log = lead(first);
        proposeAll(log, numbered(0, 20)).forEach(loop::await);
        loop.until(() -> first.entries().size() == 20);
        closeWithSnapshot(log);

        var second = new RecordingReader(loop);
        var again = lead(second);
        assertEquals("installed 20", second.events().getFirst());
        assertEquals(numbered(0, 20), second.entries());
        assertEquals(List.of(), second.indexes());
        proposeAll(again, numbered(20, 30)).forEach(loop::await);
        loop.until(() -> second.entries().size() == 30);
        closeWithSnapshot(again);

        var third = new RecordingReader(loop);
        lead(third);
        assertEquals(numbered(0, 30), third.entries());
    }

    @Test
    void aLogThatIsClosedTakesNothing() throws IOException {
        var reader = new RecordingReader(loop);
        var log = lead(reader);
        log.close();
        assertInstanceOf(Lost.class, loop.await(log.propose(bytes("late"), loop)));
        log.close();
        assertEquals(List.of(), reader.entries());
    }

    @Test
    void theLongestEntryFitsAndNoLongerOne() throws IOException {
        var reader = new RecordingReader(loop);
        var log = lead(reader);
        var longest = "x".repeat(log.maxEntryBytes());
        assertInstanceOf(Committed.class, loop.await(log.propose(bytes(longest), loop)));
        loop.until(() -> reader.entries().size() == 1);
        assertEquals(longest, reader.entries().get(0));
        assertThrows(IllegalArgumentException.class, () -> log.propose(bytes(longest + "x"), loop));
    }

    @Test
    void anEntryThatCannotBeReadStopsTheLog() throws IOException {
        var reader = new RecordingReader(loop);
        var log = lead(reader);
        loop.await(log.propose(bytes("good"), loop));
        var _ = log.propose(bytes("poison"), loop);
        loop.until(() -> !reader.failures().isEmpty());
        assertInstanceOf(Lost.class, loop.await(log.propose(bytes("after"), loop)));
        log.close();
        assertEquals(1, reader.failures().size(), () -> String.join("\n", reader.failures()));
        var why = reader.failures().getFirst();
        assertTrue(why.contains("this entry is poison"), why);
        assertEquals(List.of("good"), reader.entries());
    }

    final MetadataLog lead(RecordingReader reader) throws IOException {
        var log = log();
        opened.add(log);
        log.start(reader);
        loop.until(reader::isLeading);
        return log;
    }

    final List<Promise<Outcome>> proposeAll(MetadataLog log, List<String> entries) {
        return entries.stream().map(entry -> log.propose(bytes(entry), loop)).toList();
    }

    static List<String> numbered(int first, int end) {
        return IntStream.range(first, end).mapToObj(i -> "entry " + i).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
