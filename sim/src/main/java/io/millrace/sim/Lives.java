package io.millrace.sim;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Processes that have a sound disk one after the other. Each lives until it has closed everything, or until
/// it is killed or the power fails: between two steps, or in the middle of any change of the disk, also of
/// those that beginning and closing make.
final class Lives {

    private static final long NEVER = Long.MAX_VALUE;

    /// How many changes of the disk are soon.
    private static final int SOON = 60;

    /// How often in a life something happens while a file is being synced.
    private static final int MOST_INTERRUPTIONS = 20;

    /// The processes, each of which has all to itself while it lives.
    interface OneByOne {

        /// The process starts, with what the one before has left.
        void begin(SimDisk disk, SimFileWork work) throws IOException;

        void step() throws IOException;

        /// While a file thread waits for the platter, the others go on.
        void meanwhile() throws IOException;

        /// It ends in order.
        void close() throws IOException;

        /// What went wrong in its threads, and nobody planned for.
        Iterable<Throwable> defects();

        /// It has ended.
        ///
        /// @param isClosed   in order
        /// @param isPowerCut with the power, and not alone
        void ended(boolean isClosed, boolean isPowerCut);
    }

    private final SplittableRandom random;
    private final SimClock clock;
    private final @Nullable Consumer<String> trace;
    private final int count;
    private final int steps;
    private final int powerCuts;
    private final boolean namesAreJournaled;
    private SimDisk disk;
    private int interruptions;
    private boolean isLast;
    private boolean isClosing;

    /// @param mostSteps  in a life
    /// @param areInOrder whether changes of names in a directory always survive in order
    Lives(
            SplittableRandom random,
            SimClock clock,
            int mostSteps,
            boolean areInOrder,
            @Nullable Consumer<String> trace) {
        this.random = random;
        this.clock = clock;
        this.trace = trace;
        this.count = 2 + random.nextInt(3);
        this.steps = mostSteps / 6 + random.nextInt(mostSteps * 5 / 6);
        this.powerCuts = random.nextInt(11);
        this.namesAreJournaled = areInOrder || random.nextInt(3) > 0;
        this.disk = new SimDisk(clock, random.split());
    }

    /// @throws Violation when something does not hold that must
    void live(OneByOne processes) {
        say(() -> "%d lives of %d steps, %d power cuts in ten, names %s"
                .formatted(count, steps, powerCuts, namesAreJournaled ? "in order" : "in no order"));
        for (int life = 1; life <= count; life++) {
            isLast = life == count;
            boolean isClosed = one(processes);
            verdict(processes, null);
            boolean isPowerCut = random.nextInt(10) < powerCuts;
            say(() -> isPowerCut ? "the power fails" : "the process ends");
            processes.ended(isClosed, isPowerCut);
            disk = isPowerCut ? disk.afterPowerCut(namesAreJournaled) : disk.afterKill();
        }
    }

    /// @return whether it has closed everything
    private boolean one(OneByOne processes) {
        var work = new SimFileWork(clock, random);
        disk.crashAt(isLast ? NEVER : drawCrash());
        if (trace != null) disk.trace(line -> trace.accept("    disk " + line));
        disk.meanwhile(() -> meanwhile(processes, work));
        interruptions = MOST_INTERRUPTIONS;
        isClosing = false;
        try {
            processes.begin(disk, work);
            for (int i = 0; i < steps; i++) {
                processes.step();
                verdict(processes, null);
            }
            if (!isLast && random.nextInt(3) > 0) return false;
            isClosing = true;
            processes.close();
            closed();
            return true;
        } catch (SimCrash e) {
            say(() -> "crash " + e.getMessage());
            return false;
        } catch (IOException e) {
            throw new Violation("R1", "a sound disk, and yet: " + e, e);
        } catch (RuntimeException | Error e) {
            verdict(processes, e);
            throw e;
        }
    }

    /// What happens now is worth being interrupted.
    void endSoon() {
        if (!isLast) disk.crashAt(disk.changes() + 1 + random.nextInt(SOON));
    }

    private void closed() {
        var open = disk.openFiles();
        if (!open.isEmpty()) throw new Violation("X5", "open after the end: " + open);
    }

    private long drawCrash() {
        return switch (random.nextInt(4)) {
            case 0 -> NEVER;
            case 1 -> 1 + random.nextInt(60);
            default -> 1 + random.nextInt(600);
        };
    }

    private void meanwhile(OneByOne processes, SimFileWork work) {
        if (!work.isAtWork() || isClosing || interruptions == 0 || random.nextInt(3) > 0) return;
        interruptions--;
        try {
            processes.meanwhile();
        } catch (IOException e) {
            throw new Violation("R1", "a sound disk, and yet: " + e, e);
        }
    }

    private static void verdict(OneByOne processes, @Nullable Throwable thrown) {
        if (thrown instanceof Violation violation) throw violation;
        if (thrown != null) throw new Violation("X5", "thrown: " + thrown, thrown);
        for (var defect : processes.defects()) throw new Violation("X5", "a thread threw " + defect, defect);
    }

    void say(Supplier<String> what) {
        if (trace != null) trace.accept(what.get());
    }
}
