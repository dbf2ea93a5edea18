package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.fail;

import io.millrace.sim.PlantedBug.Slip.Becomes;
import io.millrace.sim.PlantedBug.Slip.Given;
import io.millrace.sim.PlantedBug.Slip.Nothing;
import io.millrace.sim.PlantedBug.Slip.Returns;
import io.millrace.sim.PlantedBug.Slip.Without;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The test of the tests: the scenarios find every one of these.
class PlantedBugTest {

    /// As many as the rarest bug needs, several times; most are found by the first few dozen.
    private static final int SEEDS = 20_000;

    static List<PlantedBug> bugsOfCrashes() {
        return List.of(
                new PlantedBug(
                        "acknowledge what is written and not synced",
                        "R2",
                        "log.Log",
                        "durableEnd",
                        new Becomes("writtenEnd")),
                new PlantedBug(
                        "acknowledge before the sync", "R1", "folder.GroupCommit", "commit", new Without("sync")),
                new PlantedBug(
                        "do not sync what is too large for the write-ahead log",
                        "R1",
                        "folder.GroupCommit",
                        "syncSegments",
                        new Nothing()),
                new PlantedBug(
                        "forget to sync the folder of new segments",
                        "R1",
                        "folder.GroupCommit",
                        "syncSegments",
                        new Without("syncDirectory")),
                new PlantedBug(
                        "use the write-ahead log again before segments are synced",
                        "R1",
                        "folder.GroupCommit",
                        "settle",
                        new Without("sync")),
                new PlantedBug("go on after a failed sync", "R15", "disk.FolderHealth", "fail", new Nothing()),
                new PlantedBug(
                        "believe every checksum of a batch", "R13", "log.BatchWalk", "crcMatches", new Returns(true)),
                new PlantedBug(
                        "believe every checksum of the write-ahead log",
                        "R1",
                        "folder.WalFrame",
                        "isWhole",
                        new Returns(true)),
                new PlantedBug("leave the torn tail", "R13", "log.Segment", "cutFile", new Nothing()),
                new PlantedBug(
                        "forget the cut in the write-ahead log", "R3", "log.Log", "truncateTo", new Without("willCut")),
                new PlantedBug(
                        "leave the recovery point behind a cut", "R3", "log.BackgroundSync", "cut", new Nothing()),
                new PlantedBug(
                        "give a log up that the write-ahead log still speaks of",
                        "R3",
                        "folder.Uncommitted",
                        "wasNoted",
                        new Returns(false)),
                new PlantedBug(
                        "apply the write-ahead log to another topic",
                        "R12",
                        "folder.WalReplay",
                        "isHere",
                        new Returns(true)),
                new PlantedBug(
                        "do not sync what the write-ahead log brought back",
                        "R1",
                        "folder.WalReplay",
                        "syncTouched",
                        new Nothing()),
                new PlantedBug("forget no epochs of what is cut off", "R4", "log.EpochHistory", "cutTo", new Nothing()),
                new PlantedBug(
                        "forget epochs before a start that is lost",
                        "R4",
                        "log.Recovery",
                        "completeEpochs",
                        new Nothing()),
                new PlantedBug(
                        "remember producers of what is cut off",
                        "P2",
                        "log.Truncation",
                        "reloadProducers",
                        new Nothing()),
                new PlantedBug(
                        "keep producer snapshots that are ahead of the log",
                        "P2",
                        "log.ProducerSnapshots",
                        "removeAfter",
                        new Nothing()),
                new PlantedBug(
                        "write checkpoints before the files are synced",
                        "R1",
                        "log.BackgroundSync",
                        "sync",
                        new Nothing()),
                new PlantedBug(
                        "replace a small file before it is synced",
                        "R1",
                        "disk.TextFile",
                        "replace",
                        new Without("sync")),
                new PlantedBug(
                        "do not sync the folder after a rename",
                        "R12",
                        "disk.TextFile",
                        "replace",
                        new Without("syncDirectory")),
                new PlantedBug(
                        "begin a topic where an older one of its name did",
                        "R12",
                        "folder.FolderCheckpoints",
                        "forgetNow",
                        new Nothing()),
                new PlantedBug(
                        "leave the name of a new folder to chance",
                        "M5",
                        "log.LogFolder",
                        "make",
                        new Without("syncDirectory")),
                new PlantedBug("look for no gap between segments", "R3", "log.Recovery", "dropAfter", new Nothing()),
                new PlantedBug("leave files open", "X5", "log.Segments", "closeFiles", new Nothing()));
    }

    static List<PlantedBug> bugsOfRetries() {
        return List.of(
                new PlantedBug(
                        "acknowledge a repeated batch before its original is durable",
                        "R1",
                        "replica.Partition",
                        "repeated",
                        new Given(2, 0)),
                new PlantedBug(
                        "acknowledge a fresh batch before it is durable",
                        "R1",
                        "replica.Partition",
                        "append",
                        new Given(1, 0)));
    }

    static List<PlantedBug> bugsOfCompactions() {
        return List.of(
                new PlantedBug(
                        "compact across the last stable offset",
                        "R18",
                        "log.LogCleaning",
                        "safeEnd",
                        new Given(0, Long.MAX_VALUE)),
                new PlantedBug(
                        "swap in a segment that is not on the disk",
                        "R18",
                        "log.CleanedSegment",
                        "finish",
                        new Without("sync")),
                new PlantedBug(
                        "swap in a segment that is not whole", "R18", "log.Cleaner", "rewrite", new Without("finish")),
                new PlantedBug("leave a swap half done", "R18", "log.SwapRecovery", "run", new Nothing()),
                new PlantedBug(
                        "finish a swap beside what it replaces", "R18", "log.SwapRecovery", "drop", new Nothing()),
                new PlantedBug(
                        "take an older marker for the end of a transaction",
                        "R18",
                        "log.Markers",
                        "forget",
                        new Nothing()),
                new PlantedBug(
                        "leave nothing where a segment ends",
                        "R18",
                        "log.CleaningRules",
                        "mustStay",
                        new Returns(false)));
    }

    @ParameterizedTest
    @MethodSource("bugsOfCrashes")
    void isFoundByCrashes(PlantedBug bug) throws ReflectiveOperationException {
        isFound(Scenario.CRASHES, bug);
    }

    @ParameterizedTest
    @MethodSource("bugsOfRetries")
    void isFoundByRetries(PlantedBug bug) throws ReflectiveOperationException {
        isFound(Scenario.RETRIES, bug);
    }

    @ParameterizedTest
    @MethodSource("bugsOfCompactions")
    void isFoundByCompactions(PlantedBug bug) throws ReflectiveOperationException {
        isFound(Scenario.COMPACTIONS, bug);
    }

    private static void isFound(Scenario scenario, PlantedBug bug) throws ReflectiveOperationException {
        var seeds = new PlantedLoader(bug).seeds(scenario);
        for (long seed = 1; seed <= SEEDS; seed++) {
            var found = seeds.apply(seed);
            if (found.isEmpty()) continue;
            System.out.printf("%s: seed %d, %s%n", bug, seed, found.substring(0, Math.min(120, found.length())));
            return;
        }
        fail("%s (%s) is not found by %d seeds".formatted(bug, bug.invariant(), SEEDS));
    }
}
