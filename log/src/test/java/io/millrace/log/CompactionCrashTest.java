package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.CrashingDisk;
import io.millrace.log.CompactionRig.Form;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Method: compacts the same log again and again, and ends the process at every change of a file or a
/// name; then every change of the recovery that follows.
class CompactionCrashTest {

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    /// The log, and the disk it lies on.
    private record Scene(CompactionRig log, CrashingDisk disk) {

        static Scene set() throws IOException {
            var log = new CompactionRig("segment.bytes", "500", "delete.retention.ms", "0", "flush.messages", "1");
            log.rig.close();
            var disk = new CrashingDisk(log.rig.disk);
            log.rig.seenDisk = disk;
            log.rig.open();
            log.put("a=1", "b=1", "c=1");
            log.put(Form.of(7, 0), "a=2", "d=1");
            log.roll();
            log.put(Form.transactional(8, 0), "b=2");
            log.append(CompactionRig.marker(8, false));
            log.put("c=", "e=1");
            log.roll();
            log.put(Form.packed(4), "e=2", "f=" + "v".repeat(300));
            log.put("d=2");
            log.roll();
            log.put("f=2");
            log.put(Form.of(7, 2), "a=3");
            log.roll();
            log.put("g=1");
            log.rig.work.settle();
            log.rig.work.later();
            return new Scene(log, disk);
        }

        /// Runs until it is done or the process ends; true when it is done.
        boolean survives(Work work) throws IOException {
            try {
                work.run();
                return true;
            } catch (CrashingDisk.Crash e) {
                return false;
            }
        }

        void restart(@Nullable Random power) {
            log.rig.kill();
            disk.restart(power);
        }

        List<String> records() throws IOException {
            return log.records().stream()
                    .filter(text -> !text.endsWith(":-") && !text.endsWith(":ABORT"))
                    .toList();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void compactTwice(CompactionRig log) throws IOException {
        log.clean();
        if (log.rig.log().endOffset() == 15) log.put("h=1");
        log.roll();
        log.clean();
    }

    @Test
    void aCrashAnywhereLosesNothing() throws IOException {
        System.out.println("seed " + seed);
        var smooth = Scene.set();
        int before = smooth.disk().changes();
        compactTwice(smooth.log());
        int changes = smooth.disk().changes() - before;
        var expected = smooth.records();
        assertEquals(List.of("1:b=1", "9:e=2", "11:d=2", "12:f=2", "13:a=3", "14:g=1", "15:h=1"), expected);
        for (int crashAt = 0; crashAt < changes; crashAt++) {
            for (int round = 0; round < 6; round++) crash(crashAt, round == 0 ? null : random, expected);
        }
    }

    private void crash(int crashAt, @Nullable Random power, List<String> expected) throws IOException {
        var scene = Scene.set();
        scene.disk().crashAfter(crashAt);
        assertTrue(!scene.survives(() -> compactTwice(scene.log())), "it came to its end before " + crashAt);
        scene.restart(power);
        if (power != null && random.nextBoolean()) {
            scene.disk().crashAfter(random.nextInt(30));
            boolean isOpen = scene.survives(scene.log().rig::open);
            if (!isOpen) scene.restart(power);
            scene.disk().crashAfter(Integer.MAX_VALUE);
            if (!isOpen) scene.log().rig.open();
        } else {
            scene.log().rig.open();
        }
        check(scene, "crash at " + crashAt);
        compactTwice(scene.log());
        check(scene, "compacted after a crash at " + crashAt);
        assertEquals(expected, scene.records(), "crash at " + crashAt);
    }

    private static void check(Scene scene, String when) throws IOException {
        var log = scene.log();
        var records = scene.records();
        for (var last : List.of("1:b=1", "9:e=2", "11:d=2", "12:f=2", "13:a=3", "14:g=1")) {
            assertTrue(records.contains(last), when + ": " + last + " is missing in " + records);
        }
        assertTrue(log.rig.log().endOffset() >= 15, when);
        log.rig.work.later();
        var strange = log.rig.disk.list(log.dir()).stream()
                .filter(name -> name.endsWith(".swap") || name.endsWith(".cleaned") || name.endsWith(".deleted"))
                .toList();
        assertEquals(List.of(), strange, when);
        var again = CompactionRig.batch(Form.of(7, 2), 0, "a=3");
        var duplicate = assertInstanceOf(
                Producers.Check.Duplicate.class, log.rig.log().producers().check(again), when);
        assertEquals(new OffsetRange(13, 14), duplicate.offsets(), when);
    }
}
