package io.millrace.sim;

import io.millrace.folder.Durability;
import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.Log;
import io.millrace.log.LogFolder;
import io.millrace.log.Opened;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// The life of a data folder, through several processes: batches are appended, written, committed,
/// trimmed, cut, dropped, partitions come and go, and again and again everything ends in the middle
/// of something. The next process finds what the disk has, and what it finds is compared with what
/// was promised.
///
/// Everything follows from one seed. [#run] throws a [Violation] when a promise was not kept.
public final class CrashScenario {

    private static final Path DIR = Path.of("/data");
    private static final Path RECOVERY_POINTS = DIR.resolve("recovery-point-offset-checkpoint");
    private static final Identity IDENTITY = new Identity("sim", 1);
    private static final String TOPIC = "orders";

    /// How often in a life something happens while a file is being synced.
    private static final int MOST_INTERRUPTIONS = 20;

    private static final long NEVER = Long.MAX_VALUE;

    /// A partition that was deleted; `isGone` when nothing of it may come back.
    private static final class Grave {
        private final ExpectedLog log;
        private boolean isGone;

        private Grave(ExpectedLog log) {
            this.log = log;
        }
    }

    private final SplittableRandom random;
    private final CrashSettings settings;
    private final Consumer<String> trace;
    private final boolean isTraced;
    private final SimClock clock = new SimClock();
    private final TreeMap<Integer, ExpectedLog> partitions = new TreeMap<>();
    private final List<Grave> graves = new ArrayList<>();
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final LogSteps steps;
    private final long crashAt;
    private SimDisk disk;
    private SimFileWork work;
    private @Nullable LogFolder folder;
    private long ids;
    private boolean endedCleanly;
    private boolean isClosing;
    private boolean hasCrashed;
    private int interruptions;

    /// The scenario of `seed`.
    public CrashScenario(long seed) {
        this(new SplittableRandom(seed), null, 0, null);
    }

    /// The same, telling `trace` what happens.
    public CrashScenario(long seed, Consumer<String> trace) {
        this(new SplittableRandom(seed), null, 0, trace);
    }

    /// @param given   null to let the seed decide
    /// @param crashAt the first life ends at this change of the disk, and no other; 0 to let the
    ///                seed decide
    CrashScenario(
            SplittableRandom random, @Nullable CrashSettings given, long crashAt, @Nullable Consumer<String> trace) {
        this.random = random;
        this.crashAt = crashAt;
        this.settings = given == null ? CrashSettings.draw(random) : given;
        this.trace = trace == null ? _ -> {} : trace;
        this.isTraced = trace != null;
        this.disk = new SimDisk(clock, random.split());
        this.work = new SimFileWork(clock, random);
        this.steps = new LogSteps(random, clock, trace);
    }

    /// Whether the first life ended in the middle of a change.
    boolean crashed() {
        return hasCrashed;
    }

    /// @throws Violation when something does not hold that must
    public void run() {
        say(() -> settings.toString());
        for (int life = 0; life < settings.lives(); life++) {
            boolean isLast = life + 1 == settings.lives();
            live(crashOf(life, isLast), isLast);
        }
    }

    private long crashOf(int life, boolean isLast) {
        if (crashAt > 0) return life == 0 ? crashAt : NEVER;
        return isLast ? NEVER : drawCrash();
    }

    private long drawCrash() {
        return switch (random.nextInt(4)) {
            case 0 -> NEVER;
            case 1 -> 1 + random.nextInt(60);
            default -> 1 + random.nextInt(600);
        };
    }

    private void live(long crash, boolean isLast) {
        disk.crashAt(crash);
        if (isTraced) disk.trace(line -> trace.accept("    disk " + line));
        disk.meanwhile(this::meanwhile);
        try {
            begin();
            for (int i = 0; i < settings.steps(); i++) step();
            if (isLast || random.nextInt(3) == 0) {
                close();
                verdict(null);
                return;
            }
            crashed("between two operations");
        } catch (SimCrash e) {
            hasCrashed = true;
            crashed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            verdict(e);
        }
    }

    /// Nothing but an `IOException` may come out of a log, and nothing else out of its threads.
    private void verdict(@Nullable Throwable thrown) {
        if (thrown instanceof Violation violation) throw violation;
        if (thrown != null) throw new Violation("X5", "thrown: " + thrown, thrown);
        for (var defect : work.defects()) throw new Violation("X5", "a thread threw " + defect, defect);
    }

    // ---- the beginning of a life

    private void begin() {
        work = new SimFileWork(clock, random);
        loop.clear();
        isClosing = false;
        interruptions = MOST_INTERRUPTIONS;
        partitions.values().forEach(expected -> {
            expected.log = null;
            expected.unwritten.clear();
            expected.hasFailed = false;
            expected.frozenAt = NEVER;
        });
        try {
            boolean wasClosed = endedCleanly;
            endedCleanly = false;
            var opened = LogFolder.open(DIR, IDENTITY, tools());
            folder = opened;
            say(() -> "the folder is open");
            if (wasClosed && !opened.endedCleanly()) throw new Violation("R13", "the mark of a clean end is lost");
            lookAround(opened);
        } catch (IOException e) {
            throw new Violation("R1", "the folder does not open", e);
        }
        if (partitions.isEmpty()) create(0);
        partitions.values().forEach(this::open);
        if (random.nextInt(3) > 0) settle();
        drawFaults();
    }

    private FolderTools tools() {
        var limits = FolderLimits.USUAL.withReserve(0).withCommits(CrashSettings.commits(random));
        return new FolderTools(disk, clock, Metrics.NONE, work, () -> new Uuid(77, ++ids), limits);
    }

    private LogFolder folder() {
        var open = folder;
        if (open == null) throw new IllegalStateException("the folder is not open");
        return open;
    }

    /// What partitions are there, compared with those that must be.
    private void lookAround(LogFolder opened) throws IOException {
        var missing = new TreeMap<>(partitions);
        missing.values().removeIf(expected -> !expected.isThere);
        for (var found : opened.found()) {
            var alive = partitions.get(found.partition());
            if (alive != null && alive.topicId.equals(found.topicId())) {
                missing.remove(found.partition());
                continue;
            }
            var grave = graves.stream()
                    .filter(each -> each.log.topicId.equals(found.topicId()))
                    .findFirst();
            if (grave.isEmpty()) throw new Violation("R12", "nobody knows " + found);
            if (grave.get().isGone) throw new Violation("R12", "it was deleted for good: " + found);
            if (random.nextBoolean()) {
                say(() -> "delete again " + found);
                opened.delete(found.topicId(), found.topic(), found.partition());
            }
        }
        if (!missing.isEmpty()) throw new Violation("M5", "vanished: " + missing.values());
    }

    private ExpectedLog create(int partition) {
        var durability = random.nextInt(4) == 0 ? Durability.PAGE_CACHE : Durability.FSYNC;
        var expected = new ExpectedLog(TOPIC, partition, new Uuid(5, ++ids), durability);
        partitions.put(partition, expected);
        return expected;
    }

    private void open(ExpectedLog expected) {
        say(() -> "open " + expected);
        folder().open(
                        expected.topicId,
                        expected.topic,
                        expected.partition,
                        CrashSettings.log(random, expected.durability),
                        loop::add,
                        opened -> opened(expected, opened));
    }

    private void opened(ExpectedLog expected, Opened opened) {
        try {
            switch (opened) {
                case Opened.Ready(var log) -> {
                    say(() -> "opened " + log);
                    new Inspection(expected, log).recovered(settings.journaled());
                    if (!expected.isThere) born(expected);
                    expected.log = log;
                }
                case Opened.Failed(var cause) -> {
                    if (isClosing) return;
                    if (cause.getCause() instanceof RuntimeException defect) verdict(defect);
                    if (disk.failures() == 0) {
                        throw new Violation("R1", "does not open: " + expected, cause);
                    }
                    say(() -> "not opened: " + cause);
                }
            }
        } catch (IOException e) {
            failed(expected, e);
        }
    }

    /// The partition has its folder, and the name; what had the name before is gone.
    private void born(ExpectedLog expected) {
        expected.isThere = true;
        expected.recoveryPointsAtBirth = disk.identity(RECOVERY_POINTS);
        for (var grave : graves) {
            if (grave.log.partition == expected.partition) grave.isGone = true;
        }
    }

    private void drawFaults() {
        if (settings.faultsOutOf() == 0 || random.nextInt(settings.faultsOutOf()) > 0) return;
        int nth = 1 + random.nextInt(60);
        switch (random.nextInt(4)) {
            case 0 -> disk.fail(new SimFault(SimFault.Kind.SYNC, _ -> true, nth, 1 + random.nextInt(3)));
            case 1 -> disk.fail(new SimFault(SimFault.Kind.WRITE, _ -> true, nth, 1 + random.nextInt(3)));
            case 2 -> disk.fail(new SimFault(SimFault.Kind.READ, _ -> true, nth, 1));
            default -> disk.capacity(disk.totalBytes(DIR) - disk.freeBytes(DIR) + random.nextInt(20_000));
        }
        say(() -> "the disk has a defect");
    }

    // ---- one step

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 18) {
            work.step();
            turn();
        } else if (dice < 22) {
            clock.pass(random.nextInt(1_500));
        } else if (dice < 24) {
            settle();
        } else if (dice == 24) {
            comeOrGo();
        } else {
            onOne(dice);
        }
        observe();
    }

    private void onOne(int dice) {
        var expected = anyOpen();
        if (expected == null) return;
        try {
            onOne(dice, expected, logOf(expected));
        } catch (IOException e) {
            failed(expected, e);
        }
    }

    private void onOne(int dice, ExpectedLog expected, Log log) throws IOException {
        if (expected.hasFailed) {
            steps.insist(expected, log);
        } else if (dice < 70) {
            steps.append(expected, log);
        } else if (dice < 86) {
            steps.write(expected, log);
        } else if (dice < 90) {
            steps.read(expected, log);
        } else if (dice < 92) {
            steps.trim(expected, log);
        } else if (dice < 95 && settings.journaled()) {
            steps.retain(expected, log);
        } else if (dice < 97) {
            steps.truncate(expected, log);
        } else if (dice < 98 && random.nextBoolean()) {
            steps.rest(expected, log, clock);
        } else if (dice < 98) {
            log.configure(CrashSettings.log(random, expected.durability));
        } else if (dice < 99) {
            steps.beginEpoch(expected, log);
        } else {
            closeOne(expected, log);
        }
    }

    /// While a thread of the folder waits for the platter, the loop goes on.
    private void meanwhile() {
        if (!work.isAtWork() || isClosing || interruptions == 0 || random.nextInt(3) > 0) return;
        interruptions--;
        for (int i = random.nextInt(3); i >= 0; i--) onOne(25 + random.nextInt(61));
    }

    private void turn() {
        for (var next = loop.poll(); next != null; next = loop.poll()) next.run();
    }

    private void settle() {
        do {
            work.settle();
            turn();
        } while (work.step());
    }

    private @Nullable ExpectedLog anyOpen() {
        var open = partitions.values().stream()
                .filter(expected -> expected.log != null)
                .toList();
        return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    }

    private static Log logOf(ExpectedLog expected) {
        var log = expected.log;
        if (log == null) throw new IllegalStateException(expected + " is not open");
        return log;
    }

    private void closeOne(ExpectedLog expected, Log log) throws IOException {
        say(() -> "close " + expected.name());
        log.close();
        if (expected.hasFailed) return;
        closed(expected);
        expected.log = null;
        open(expected);
    }

    /// What was closed without a complaint is on the platter.
    private static void closed(ExpectedLog expected) {
        expected.kept = expected.end;
        expected.durable = expected.end;
    }

    /// A partition is deleted, or comes to be.
    private void comeOrGo() {
        int partition = random.nextInt(settings.partitions());
        var expected = partitions.get(partition);
        if (expected == null) {
            open(create(partition));
        } else if (expected.log != null) {
            say(() -> "delete " + expected);
            graves.add(new Grave(expected));
            partitions.remove(partition);
            folder().delete(expected.topicId, expected.topic, expected.partition);
        }
    }

    /// A log refused. When it is of no use any more it must go on refusing.
    private void failed(ExpectedLog expected, IOException why) {
        say(() -> "%s failed: %s".formatted(expected.name(), why));
        if (disk.failures() == 0) throw new Violation("R1", "a sound disk, and yet: " + expected, why);
        var log = expected.log;
        if (log == null) return;
        if (log.isUsable()) {
            while (expected.end > log.endOffset()) expected.takeBack();
            expected.start = log.startOffset();
        } else {
            expected.hasFailed = true;
        }
    }

    private void observe() {
        verdict(null);
        for (var expected : partitions.values()) {
            var log = expected.log;
            if (log == null) continue;
            if (!log.isUsable() && !expected.hasFailed) {
                failed(expected, new IOException("it is not usable any more"));
            }
            // what was under way when it failed may still succeed, but nothing after that
            if (expected.hasFailed && expected.frozenAt == NEVER) expected.frozenAt = log.durableEnd();
            new Inspection(expected, log).living();
        }
    }

    // ---- the end of a life

    private void close() {
        say(() -> "close the folder");
        isClosing = true;
        turn();
        folder().close();
        turn();
        boolean isSound = disk.failures() == 0;
        if (!disk.openFiles().isEmpty()) throw new Violation("X5", "open after the end: " + disk.openFiles());
        for (var expected : partitions.values()) {
            if (expected.log != null && isSound) closed(expected);
            if (expected.log != null && isSound) expected.leastStart = expected.start;
        }
        for (var grave : graves) grave.isGone |= isSound && !hasFolder(grave.log);
        endedCleanly = isSound;
        next(!(isSound || settings.restarts()) || random.nextInt(10) < settings.powerCuts());
    }

    /// Whether the partition still has the folder of its name.
    private boolean hasFolder(ExpectedLog expected) {
        var metadata = disk.peek(DIR.resolve(expected.name()).resolve("partition.metadata"));
        return metadata != null
                && StandardCharsets.UTF_8.decode(metadata).toString().contains(expected.topicId.toString());
    }

    private void crashed(String where) {
        verdict(null);
        boolean mayKill = disk.failures() == 0 || settings.restarts();
        boolean isPowerCut = !mayKill || random.nextInt(10) < settings.powerCuts();
        say(() -> "%s: %s".formatted(isPowerCut ? "power cut" : "kill", where));
        next(isPowerCut);
    }

    private void next(boolean isPowerCut) {
        // after a sync that failed, pages that are nowhere but in memory may be dropped from it
        if (isPowerCut || disk.failures() > 0) partitions.values().forEach(this::onlyWhatIsDurable);
        if (isPowerCut) {
            disk = disk.afterPowerCut(settings.journaled());
        } else {
            disk = disk.afterKill();
        }
    }

    private void onlyWhatIsDurable(ExpectedLog expected) {
        long promised = expected.durable;
        if (expected.durability == Durability.PAGE_CACHE) promised = Math.max(promised, recoveryPoint(expected));
        expected.kept = Math.min(expected.kept, promised);
    }

    /// What the checkpoint says of a partition. It is written after what it promises.
    private long recoveryPoint(ExpectedLog expected) {
        if (!expected.isThere || Objects.equals(disk.identity(RECOVERY_POINTS), expected.recoveryPointsAtBirth))
            return 0;
        var bytes = disk.peek(RECOVERY_POINTS);
        if (bytes == null) return 0;
        String beginning = expected.topic + " " + expected.partition + " ";
        return StandardCharsets.UTF_8
                .decode(bytes)
                .toString()
                .lines()
                .filter(line -> line.startsWith(beginning))
                .mapToLong(line -> Long.parseLong(line.substring(beginning.length())))
                .findFirst()
                .orElse(0);
    }

    private void say(Supplier<String> what) {
        if (isTraced) trace.accept(what.get());
    }
}
