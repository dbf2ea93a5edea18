package io.millrace.sim;

import io.millrace.folder.Durability;
import io.millrace.log.CleaningResult;
import io.millrace.log.CleaningResult.Outcome;
import io.millrace.log.CompactionConfig;
import io.millrace.log.FolderCleaner;
import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.Log;
import io.millrace.log.LogConfig;
import io.millrace.log.LogFolder;
import io.millrace.log.Opened;
import io.millrace.model.metrics.Metrics;
import io.millrace.model.record.RecordBatch;
import io.millrace.sim.KeyHistory.Keyed;
import io.millrace.sim.KeyHistory.Kind;
import io.millrace.wire.KafkaBatchFilter;
import io.millrace.wire.KafkaRecordReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A log that is compacted while batches are appended to it, inside of transactions and outside, and the process
/// dies in the middle of anything. Compares what is there with everything that was ever appended:
///
/// - What is there was appended, at the offset where it is.
/// - The last record of every key is there, of those that are decided and lie before every open transaction.
/// - Whoever reads everything that is committed knows of every key what the whole history says. After a power cut
///   that is the history of what survived, which has all that was durable.
/// - What a compaction has gone through holds no other records than the last ones.
///
/// Everything follows from one seed. [#run] throws a [Violation] when a promise was not kept.
public final class CompactionScenario {

    private static final Path DIR = Path.of("/data");
    private static final Identity IDENTITY = new Identity("sim", 1);
    private static final Uuid ACCOUNTS = new Uuid(5, 6);
    private static final String TOPIC = "accounts";

    /// Marks of deleted keys stay that long: none goes.
    private static final long DAY_MS = 86_400_000;

    private static final int MOST_STEPS = 400;
    private static final int MOST_DELAY_MS = 2_000;
    private static final int MOST_OPEN = 2;
    private static final int KEYS = 10;

    /// Producers of transactions, from 1 on; one more has no transactions.
    private static final int PRODUCERS = 4;

    private final SplittableRandom random;
    private final SimClock clock = new SimClock();
    private final Lives lives;
    private final Durability durability;
    private final KeyHistory history = new KeyHistory();
    private final KafkaRecordReader reader = new KafkaRecordReader(1 << 20);
    private final KafkaBatchFilter filter = new KafkaBatchFilter(reader);

    /// What lies before outlives the process: the next one must find it; and what lies before the other the power.
    private long writtenEnd;

    private long durableEnd;

    /// What lies before no leader ever takes back.
    private long committedEnd;

    private int epoch;
    private long lastValue;
    private long ids;

    /// The scenario of `seed`.
    public CompactionScenario(long seed) {
        this(seed, null);
    }

    /// The same, telling `trace` what happens.
    public CompactionScenario(long seed, @Nullable Consumer<String> trace) {
        this.random = new SplittableRandom(seed);
        this.lives = new Lives(random, clock, MOST_STEPS, false, trace);
        this.durability = random.nextInt(3) == 0 ? Durability.PAGE_CACHE : Durability.FSYNC;
    }

    /// @throws Violation when something does not hold that must
    public void run() {
        lives.live(new Processes());
    }

    /// One process after the other.
    private final class Processes implements Lives.OneByOne {

        private @Nullable Life life;

        private Life life() {
            var open = life;
            if (open == null) throw new IllegalStateException("the process has not begun");
            return open;
        }

        @Override
        public void begin(SimDisk disk, SimFileWork work) throws IOException {
            life = null;
            epoch++;
            var limits = FolderLimits.USUAL.withReserve(0).withCommits(CrashSettings.commits(random));
            var tools = new FolderTools(disk, clock, Metrics.NONE, work, () -> new Uuid(77, ++ids), limits);
            life = new Life(disk, work, LogFolder.open(DIR, IDENTITY, tools));
            life.begin();
        }

        @Override
        public void step() throws IOException {
            life().step();
        }

        @Override
        public void meanwhile() throws IOException {
            life().meanwhile();
        }

        @Override
        public void close() throws IOException {
            life().close();
        }

        @Override
        public Iterable<Throwable> defects() {
            return life == null ? List.of() : life.defects();
        }

        @Override
        public void ended(boolean isClosed, boolean isPowerCut) {
            if (isClosed) durableEnd = history.end();
            writtenEnd = isPowerCut ? durableEnd : Math.max(durableEnd, writtenEnd);
        }
    }

    private LogConfig config() {
        var compaction = new CompactionConfig(
                true,
                0,
                random.nextInt(3) == 0 ? random.nextInt(1_000) : 0,
                random.nextInt(3) == 0 ? random.nextInt(3_000) : Long.MAX_VALUE,
                DAY_MS);
        return new LogConfig(
                durability,
                150 + random.nextInt(1_500),
                random.nextInt(5) == 0 ? 1_000 + random.nextInt(5_000) : DAY_MS,
                0,
                random.nextInt(300),
                24 + random.nextInt(200),
                -1,
                -1,
                false,
                random.nextInt(MOST_DELAY_MS),
                random.nextInt(3) == 0 ? 1 + random.nextInt(50) : Long.MAX_VALUE,
                random.nextInt(3) == 0 ? random.nextInt(2_000) : Long.MAX_VALUE,
                DAY_MS,
                compaction);
    }

    /// What one process has.
    private final class Life {
        private final SimDisk disk;
        private final SimFileWork work;
        private final LogFolder folder;
        private final SimLoop loop = new SimLoop(clock);
        private @Nullable Log log;
        private boolean isCleaning;
        private boolean wasCut;
        private @Nullable IOException failure;

        Life(SimDisk disk, SimFileWork work, LogFolder folder) {
            this.disk = disk;
            this.work = work;
            this.folder = folder;
        }

        List<Throwable> defects() {
            var all = new ArrayList<>(work.defects());
            all.addAll(loop.defects());
            return all;
        }

        private Log log() {
            var open = log;
            if (open == null) throw new IllegalStateException("the log is not open");
            return open;
        }

        void begin() throws IOException {
            folder.open(ACCOUNTS, TOPIC, 0, config(), loop, this::opened);
            while (log == null) {
                if (failure != null) throw failure;
                if (!work.step() && !loop.step()) throw new Violation("R1", "the log does not open");
            }
            lives.say(() ->
                    "open: %s; of %d, written %d, durable %d".formatted(log(), history.end(), writtenEnd, durableEnd));
            if (log().endOffset() < writtenEnd) {
                throw new Violation("R1", "%s, promised to %d".formatted(log(), writtenEnd));
            }
            // of names that survive in no order, the first may be missing that nobody was promised
            if (log().startOffset() > history.start() && writtenEnd > history.start()) {
                throw new Violation("R1", "%s, promised to %d".formatted(log(), writtenEnd));
            }
            history.cut(log().endOffset());
            history.startAt(log().startOffset());
            writtenEnd = history.end();
            committedEnd = Math.min(committedEnd, writtenEnd);
            check().producers();
        }

        private void opened(Opened opened) {
            switch (opened) {
                case Opened.Ready(var ready) -> log = ready;
                case Opened.Failed(var cause) -> failure = cause;
            }
        }

        void step() throws IOException {
            int dice = random.nextInt(100);
            if (dice < 30) {
                append();
            } else if (dice < 40) {
                log().write();
            } else if (dice < 70) {
                for (int i = random.nextInt(4); i >= 0; i--) work.step();
            } else if (dice < 80) {
                loop.step();
            } else if (dice < 90) {
                clock.pass(random.nextInt(1_500));
            } else if (dice < 95) {
                clean();
            } else if (dice < 97) {
                cut();
            } else if (dice < 98) {
                log().configure(config());
            } else if (dice < 99) {
                clock.pass(random.nextInt(70_000));
                log().rest();
            } else {
                settle();
            }
            observe();
        }

        /// While a file thread waits, the loop goes on.
        void meanwhile() throws IOException {
            if (log == null || loop.isHere()) return;
            append();
            if (random.nextBoolean()) log().write();
            if (random.nextBoolean()) loop.step();
        }

        /// What the log says of itself.
        private void observe() {
            if (!log().isUsable()) throw new Violation("R1", "a sound disk, and yet: " + log().whyUnusable());
            if (log().endOffset() != history.end()) {
                throw new Violation("R3", "%s, expected to %d".formatted(log(), history.end()));
            }
            writtenEnd = Math.max(writtenEnd, log().writtenEnd());
            if (durability == Durability.FSYNC) durableEnd = Math.max(durableEnd, log().durableEnd());
            if (random.nextInt(4) == 0) commit();
        }

        /// Other replicas have some more of it, too.
        private void commit() {
            long more = log().durableEnd() - committedEnd;
            if (more > 0) committedEnd += random.nextBoolean() ? more : random.nextLong(more + 1);
        }

        /// A new leader does not have the end of the log.
        private void cut() throws IOException {
            long more = history.end() - committedEnd;
            long to = history.batchEnd(committedEnd + random.nextLong(more + 1));
            if (to >= history.end()) return;
            lives.say(() -> "cut to %d, committed to %d".formatted(to, committedEnd));
            writtenEnd = Math.min(writtenEnd, to);
            durableEnd = Math.min(durableEnd, to);
            wasCut = true;
            log().truncateTo(to);
            history.cut(to);
            if (random.nextInt(3) == 0) check();
        }

        // ---- appending

        private void append() throws IOException {
            var open = history.open(history.end());
            int dice = random.nextInt(10);
            if (dice < 5) {
                boolean isSigned = random.nextInt(3) == 0;
                put(Kind.PLAIN, isSigned ? PRODUCERS + 1 : KeyedBatches.NO_PRODUCER);
            } else if (dice < 8 || open.isEmpty()) {
                long producer = 1L + random.nextInt(PRODUCERS);
                if (open.size() >= MOST_OPEN && !open.containsKey(producer)) producer = anyOf(open.keySet());
                put(Kind.TRANSACTIONAL, producer);
            } else {
                mark(random.nextBoolean() ? Kind.COMMIT : Kind.ABORT, anyOf(open.keySet()));
            }
        }

        private long anyOf(Iterable<Long> producers) {
            var all = new ArrayList<Long>();
            producers.forEach(all::add);
            return all.get(random.nextInt(all.size()));
        }

        private void put(Kind kind, long producer) throws IOException {
            var records = new ArrayList<Keyed>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                var key = random.nextInt(25) == 0 ? null : "k" + random.nextInt(KEYS);
                boolean isDeletion = key != null && random.nextInt(5) == 0;
                records.add(new Keyed(key, isDeletion ? null : "v" + ++lastValue));
            }
            int sequence = producer < 0 ? RecordBatch.NO_SEQUENCE : history.nextSequence(producer);
            var batch = KeyedBatches.of(records, producer, sequence, kind == Kind.TRANSACTIONAL, clock.wallMs());
            append(batch, kind, records);
        }

        private void mark(Kind kind, long producer) throws IOException {
            append(KeyedBatches.marker(producer, kind == Kind.COMMIT, clock.wallMs()), kind, List.of());
        }

        private void append(RecordBatch batch, Kind kind, List<Keyed> records) throws IOException {
            lives.say(() -> "append %s of %d at %d: %s".formatted(kind, batch.producerId(), history.end(), records));
            history.add(kind, batch.producerId(), batch.baseSequence(), records);
            log().append(batch, epoch);
        }

        // ---- compacting

        private void clean() {
            if (isCleaning) return;
            long stable = history.stableOffset(committedEnd);
            wasCut = false;
            folder.cleaner().dirtiness(log(), stable);
            var limits = new FolderCleaner.Limits(24L * (4 + random.nextInt(30)), 0.9, Double.MAX_VALUE);
            isCleaning = folder.cleaner()
                    .clean(log(), stable, limits, reader, filter, loop, result -> cleaned(stable, result));
            if (isCleaning && random.nextBoolean()) lives.endSoon();
            lives.say(() -> "compact up to %d: %s".formatted(stable, isCleaning ? "begun" : "nothing to do"));
        }

        private void cleaned(long stable, CleaningResult result) {
            isCleaning = false;
            lives.say(() -> "compacted: " + result);
            if (result.outcome() == Outcome.NOTHING_TO_DO) return;
            if (result.outcome() == Outcome.LOG_CHANGED && wasCut) return;
            if (result.outcome() != Outcome.CLEANED) throw new Violation("R18", "not compacted: " + result);
            if (result.reach() > stable) {
                throw new Violation("R18", "compacted to %d, stable to %d".formatted(result.reach(), stable));
            }
            try {
                check().compacted(result.reach());
            } catch (IOException e) {
                throw new Violation("R1", "a sound disk, and yet: " + e, e);
            }
        }

        // ---- looking

        /// Compares what can be read with what was appended.
        private KeyInspection check() throws IOException {
            log().write();
            var inspection = new KeyInspection(history, log(), reader);
            inspection.everything(committedEnd);
            return inspection;
        }

        /// Everything comes to rest, and no file is left that means nothing.
        private void settle() throws IOException {
            log().write();
            while (isCleaning) passAndWork();
            passAndWork();
            passAndWork();
            for (var name : disk.list(log().dir())) {
                if (name.endsWith(".swap") || name.endsWith(".cleaned") || name.endsWith(".deleted")) {
                    throw new Violation("R18", "left behind: " + name);
                }
            }
            check();
        }

        private void passAndWork() {
            clock.pass(MOST_DELAY_MS);
            do {
                work.settle();
            } while (loop.step() || work.step());
        }

        void close() {
            loop.end();
            folder.close();
        }
    }
}
