package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.disk.FileDisk;
import io.millrace.disk.FileSlice;
import io.millrace.disk.HereAndNow;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However many segments are written and read, the files that are open stay within a bound.
class OpenFilesTest {

    private static final int LOGS = 60;
    private static final int BOUND = 24;

    /// What the write-ahead log, the lock and a file in the making may add.
    private static final int OTHERS = 6;

    private static final Executor LOOP = Runnable::run;

    @TempDir
    Path temp;

    private final Rig rig = new Rig("segment.bytes", "1000");

    /// Files that a process had open which is gone.
    private int lost;

    private List<Log> open(Executor... loops) throws IOException {
        rig.openFiles = BOUND;
        rig.open();
        var logs = new ArrayList<Log>();
        for (int i = 1; i <= LOGS; i++) logs.add(open(rig.folder(), loops[i % loops.length], i));
        return logs;
    }

    private Log open(LogFolder folder, Executor loop, int partition) {
        var opened = new AtomicReference<Opened>();
        folder.open(Rig.TOPIC_ID, Rig.TOPIC, partition, rig.config, loop, opened::set);
        return assertInstanceOf(Opened.Ready.class, opened.get()).log();
    }

    private void append(Log log) throws IOException {
        log.append(Rig.batch(1, 100, log.endOffset()), 1);
        log.write();
        assertBound();
    }

    private void appendToAll(List<Log> logs, int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) for (var log : logs) append(log);
    }

    private void assertBound() {
        int open = rig.disk.openFiles() - lost;
        assertTrue(open <= BOUND + OTHERS, "open: " + open);
    }

    private void close() {
        rig.close();
        assertEquals(lost, rig.disk.openFiles());
    }

    @Test
    void activeSegmentsShareTheBound() throws IOException {
        var logs = open(LOOP);
        for (int round = 0; round < 20; round++) {
            appendToAll(logs, 1);
            rig.work.commitAll();
        }
        for (var log : logs) {
            assertEquals(20, log.durableEnd());
            assertEquals(20 * Rig.batch(1, 100, 1).sizeBytes(), Rig.readAll(log, 0, 20, 700).length);
            assertBound();
        }
        close();
    }

    @Test
    void whatWaitsToBeCommittedKeepsNoFilesOpenBeyondTheBound() throws IOException {
        appendToAll(open(LOOP), 20);
        lost = rig.disk.openFiles();
        rig.kill();
        var logs = open(LOOP);
        for (var log : logs) assertEquals(20, log.endOffset());
        appendToAll(logs, 5);
        rig.work.commitAll();
        for (var log : logs) assertEquals(25, log.durableEnd());
        close();
    }

    @Test
    void closedSegmentsAreLetGoOfBeforeActiveOnes() throws IOException {
        var logs = open(LOOP);
        appendToAll(logs, 20);
        rig.work.settle();
        rig.clock.pass(5_000);
        for (var log : logs) log.rest();
        rig.work.settle();
        var used = logs.subList(0, 4);
        appendToAll(used, 1);
        for (var log : logs) for (long offset = 0; offset < 15; offset += 5) read(log, offset);
        for (var log : used) {
            var end = assertInstanceOf(LogRead.Bytes.class, log.reader().read(20, 21, 1, true), "its file is open");
            end.slice().place().release();
        }
        close();
    }

    private void read(Log log, long offset) throws IOException {
        var slice = log.reader().readBlocking(offset, Long.MAX_VALUE, 1000, true);
        assertBound();
        slice.orElseThrow().place().release();
    }

    @Test
    void whileSlicesOnTheirWayTakeUpTheBoundOthersWait() throws IOException {
        var logs = open(LOOP);
        appendToAll(logs, 20);
        rig.work.settle();
        var taken = new ArrayList<FileSlice>();
        for (var log : logs) take(log, taken);
        assertTrue(BOUND / 2 < taken.size() && taken.size() <= BOUND, "taken: " + taken.size());
        var last = logs.getLast().reader();
        assertThrows(IOException.class, () -> last.readBlocking(0, 20, 1000, true), "nobody waits for ever");
        append(logs.getFirst());
        rig.work.commitAll();
        taken.forEach(FileSlice::release);
        read(logs.getLast(), 0);
        close();
    }

    private void take(Log log, List<FileSlice> taken) throws IOException {
        var lookup = assertInstanceOf(LogRead.Cold.class, log.reader().read(0, 20, 1000, true))
                .lookup();
        boolean mustWait = lookup.mustWait();
        lookup.run();
        log.reader().learn(lookup);
        switch (log.reader().read(0, 20, 1000, true)) {
            case LogRead.Bytes(var slice) -> taken.add(slice.place());
            case LogRead.Cold(var again) -> {
                assertTrue(mustWait && again.mustWait());
                again.release();
            }
            case LogRead.Nothing _ -> throw new AssertionError("there is something");
        }
        assertBound();
    }

    @Test
    void severalLoopsShareIt() throws IOException {
        var logs = open(LOOP, work -> LOOP.execute(work), work -> LOOP.execute(work));
        var random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            var log = logs.get(random.nextInt(LOGS));
            append(log);
            rig.work.commitAll();
            read(log, random.nextLong(log.endOffset()));
        }
        close();
    }

    @Test
    void theSystemSaysTheSame() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "the system tells");
        var work = new HereAndNow();
        var limits = FolderLimits.USUAL.withReserve(0).withOpenFiles(BOUND);
        var tools = new FolderTools(new FileDisk(), rig.clock, Metrics.NONE, work, Uuid::randomUuid, limits);
        try (var folder = LogFolder.open(temp, Rig.IDENTITY, tools)) {
            var logs = new ArrayList<Log>();
            for (int i = 0; i < LOGS; i++) logs.add(open(folder, LOOP, i));
            for (int round = 0; round < 20; round++) {
                for (var log : logs) {
                    log.append(Rig.batch(1, 100, 1), 1);
                    log.write();
                }
                assertSystemBound();
                work.commitAll();
            }
            for (var log : logs) {
                var slice = log.reader().readBlocking(0, 20, 1000, true).orElseThrow();
                slice.place().release();
                assertSystemBound();
            }
        }
        assertEquals(0, openUnderTemp());
    }

    private void assertSystemBound() throws IOException {
        long open = openUnderTemp();
        assertTrue(open <= BOUND + OTHERS, "open: " + open);
    }

    private long openUnderTemp() throws IOException {
        long open = 0;
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var descriptor : all) if (pointsUnderTemp(descriptor)) open++;
        }
        return open;
    }

    private boolean pointsUnderTemp(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(temp.toAbsolutePath());
        } catch (IOException _) {
            return false; // closed since it was listed
        }
    }
}
