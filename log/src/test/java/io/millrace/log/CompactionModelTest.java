package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.CrashingDisk;
import io.millrace.log.CleaningResult.Outcome;
import io.millrace.log.CompactionRig.Form;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random histories of appends, transactions, compactions, clean ends, kills and power cuts, against a
/// list of everything that was ever appended.
///
/// After every step: what is there was appended, at the offset where it is; whoever reads all of it,
/// leaving aborted records out, knows of every key what the whole list says. After every compaction,
/// what is left up to where it got is what a naive one would leave.
class CompactionModelTest {

    private static final int STEPS = 250;
    private static final int KEYS = 12;
    private static final long RETENTION_MS = 1_000;

    /// A record that was appended.
    ///
    /// @param producer of the transaction it belongs to; -1 outside of any
    private record Put(long offset, String key, String value, long producer, long atMs) {}

    static List<Long> seeds() {
        var given = Long.getLong("millrace.seed");
        if (given != null) return List.of(given);
        var random = new Random();
        var seeds = new ArrayList<>(List.of(1L, 2L, 3L));
        for (int i = 0; i < Integer.getInteger("millrace.seeds", 20); i++) seeds.add(random.nextLong());
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsLeftIsWhatANaiveCompactionLeaves(long seed) throws IOException {
        System.out.println("seed " + seed);
        new Run(seed).go();
    }

    private static final class Run {
        private final Random random;
        private final CompactionRig log;
        private final CrashingDisk disk;
        private final FolderCleaner.Limits limits;
        private final TreeMap<Long, Put> puts = new TreeMap<>();
        private final Set<Long> aborted = new HashSet<>();
        private final Map<Long, List<Long>> open = new TreeMap<>();
        private final Map<Long, Integer> sequences = new HashMap<>();
        private long nextProducer = 100;
        private long reach;

        Run(long seed) throws IOException {
            random = new Random(seed);
            log = new CompactionRig(
                    "segment.bytes", Integer.toString(200 + random.nextInt(1500)),
                    "index.interval.bytes", Integer.toString(random.nextInt(300)),
                    "delete.retention.ms", Long.toString(RETENTION_MS),
                    "flush.messages", "1",
                    "min.compaction.lag.ms", random.nextBoolean() ? "0" : "300");
            log.rig.close();
            disk = new CrashingDisk(log.rig.disk);
            log.rig.seenDisk = disk;
            log.rig.open();
            limits = new FolderCleaner.Limits(24L * (11 + random.nextInt(20)), 0.9, Double.MAX_VALUE);
        }

        void go() throws IOException {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(24)) {
                    case 0, 1 -> log.roll();
                    case 2, 3 -> clean();
                    case 4 -> crashWhileCleaning();
                    case 5 -> reopen();
                    case 6, 7 -> log.rig.clock.pass(random.nextInt(600));
                    case 8, 9 -> begin();
                    case 10, 11 -> more();
                    case 12, 13 -> end();
                    case 14 -> log.rig.work.later();
                    case 15 -> cleanWhileAppending();
                    default -> put(Form.packed(random.nextInt(5)), -1);
                }
                check("step " + step);
            }
            while (!open.isEmpty()) end();
            log.roll();
            log.rig.clock.pass(300);
            for (var last = reach; clean() > last; ) last = reach;
            check("in the end");
        }

        private long logEnd() {
            return log.rig.log().endOffset();
        }

        /// What lies before belongs to no open transaction.
        private long stable() {
            return open.values().stream().mapToLong(List::getFirst).min().orElse(logEnd());
        }

        private void put(Form form, long producer) throws IOException {
            var records = new String[1 + random.nextInt(4)];
            long first = logEnd();
            for (int i = 0; i < records.length; i++) {
                var key = random.nextInt(25) == 0 ? "" : "k" + random.nextInt(KEYS);
                var value = random.nextInt(5) == 0 && !key.isEmpty() ? "" : "v" + (first + i);
                records[i] = key + "=" + value;
                puts.put(first + i, new Put(first + i, key, value, producer, log.rig.clock.wallMs()));
                if (producer >= 0) openOf(producer).add(first + i);
            }
            log.put(form, records);
            log.rig.work.settle();
        }

        private List<Long> openOf(long producer) {
            return open.computeIfAbsent(producer, _ -> new ArrayList<>());
        }

        private void begin() throws IOException {
            if (open.size() > 2) return;
            long producer = random.nextBoolean() && !sequences.isEmpty()
                    ? new TreeSet<>(sequences.keySet()).first()
                    : nextProducer++;
            if (open.containsKey(producer)) return;
            transactional(producer);
        }

        private void more() throws IOException {
            if (!open.isEmpty()) transactional(anyOpen());
        }

        private long anyOpen() {
            return List.copyOf(open.keySet()).get(random.nextInt(open.size()));
        }

        private void transactional(long producer) throws IOException {
            int sequence = sequences.getOrDefault(producer, 0);
            long before = logEnd();
            put(new Form(producer, 0, sequence, true, random.nextInt(5)), producer);
            sequences.put(producer, sequence + (int) (logEnd() - before));
        }

        private void end() throws IOException {
            if (open.isEmpty()) return;
            long producer = anyOpen();
            boolean isCommit = random.nextBoolean();
            log.append(CompactionRig.marker(producer, isCommit));
            log.rig.work.settle();
            var records = open.remove(producer);
            if (!isCommit && records != null) aborted.addAll(records);
        }

        private long clean() throws IOException {
            return cleaned(log.clean(stable(), limits));
        }

        private long cleaned(CleaningResult result) throws IOException {
            assertTrue(
                    result.outcome() == Outcome.CLEANED || result.outcome() == Outcome.NOTHING_TO_DO,
                    result.toString());
            if (result.outcome() != Outcome.CLEANED) return reach;
            assertTrue(result.reach() <= stable(), "beyond what is stable: " + result);
            reach = Math.max(reach, result.reach());
            checkLeft(result.reach());
            return reach;
        }

        /// Appends come between the steps.
        private void cleanWhileAppending() throws IOException {
            var done = new AtomicReference<CleaningResult>();
            if (!log.begin(stable(), limits, done)) return;
            while (done.get() == null) {
                log.rig.work.later();
                if (random.nextInt(3) == 0) put(Form.PLAIN, -1);
                if (random.nextInt(5) == 0) log.roll();
                check("while it is compacted");
            }
            cleaned(done.get());
        }

        private void crashWhileCleaning() throws IOException {
            disk.crashAfter(random.nextInt(40));
            try {
                log.clean(stable(), limits);
            } catch (CrashingDisk.Crash e) {
                assertEquals("the process has ended", e.getMessage());
            }
            log.rig.kill();
            disk.restart(random.nextBoolean() ? random : null);
            log.rig.open();
        }

        private void reopen() throws IOException {
            log.rig.close();
            log.rig.open();
        }

        private void check(String when) throws IOException {
            var left = left();
            for (var one : left) assertEquals(puts.get(one.offset()), one, when);
            assertEquals(values(new ArrayList<>(puts.values())), values(left), when);
            long nowMs = log.rig.clock.wallMs();
            var kept = new HashSet<>(left);
            for (var last : lastOfEveryKey(Long.MAX_VALUE).values()) {
                boolean mayBeGone = last.value().isEmpty() && nowMs - last.atMs() >= RETENTION_MS;
                assertTrue(mayBeGone || kept.contains(last), () -> when + ": " + last + " is gone");
            }
            checkProducers(when);
        }

        private List<Put> left() throws IOException {
            var left = new ArrayList<Put>();
            long next = 0;
            for (var batch : log.batches()) {
                assertTrue(batch.baseOffset() >= next, "offsets go back: " + batch);
                next = batch.endOffset();
                if (batch.isControl()) continue;
                CompactionRig.read(batch, record -> {
                    var put = puts.get(record.offset());
                    if (put == null) throw new AssertionError("never appended: " + record);
                    left.add(new Put(
                            record.offset(),
                            CompactionRig.text(record.key()),
                            CompactionRig.text(record.value()),
                            batch.isTransactional() ? batch.producerId() : -1,
                            put.atMs()));
                });
            }
            assertEquals(next, logEnd());
            return left;
        }

        private boolean counts(Put put) {
            return !aborted.contains(put.offset()) && !put.key().isEmpty() && !isOpen(put);
        }

        private boolean isOpen(Put put) {
            var records = open.get(put.producer());
            return records != null && records.contains(put.offset());
        }

        private Map<String, String> values(List<Put> from) {
            var values = new HashMap<String, String>();
            for (var put : from) {
                if (!counts(put)) continue;
                if (put.value().isEmpty()) values.remove(put.key());
                else values.put(put.key(), put.value());
            }
            return values;
        }

        private Map<String, Put> lastOfEveryKey(long end) {
            var last = new HashMap<String, Put>();
            for (var put : puts.headMap(end).values()) if (counts(put)) last.put(put.key(), put);
            return last;
        }

        /// Up to `end` there are the last records of all keys, marks of deletions perhaps, and
        /// nothing else.
        private void checkLeft(long end) throws IOException {
            var last = lastOfEveryKey(end);
            var left = new HashSet<Put>();
            for (var one : left()) if (one.offset() < end) left.add(one);
            for (var one : left) assertEquals(last.get(one.key()), one, "should have gone, up to " + end);
            for (var one : last.values()) {
                assertTrue(one.value().isEmpty() || left.contains(one), () -> one + " should be there");
            }
        }

        private void checkProducers(String when) {
            for (var entry : sequences.entrySet()) {
                int next = entry.getValue();
                var gap = CompactionRig.batch(new Form(entry.getKey(), 0, next + 1, true, 0), 0, "x=1");
                assertInstanceOf(
                        Producers.Check.Refused.class, log.rig.log().producers().check(gap), when);
            }
        }
    }
}
