package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.CrashingDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Method: mends the same damage again and again, and ends the process at every change of a file or a
/// name; then every change of the recovery that follows.
class ScrubCrashTest {

    private static final List<Integer> DAMAGED = List.of(5, 6, 11);

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    private record Scene(ScrubRig log, CrashingDisk disk) {

        static Scene set(int damagedByte) throws IOException {
            var log = new ScrubRig().fill();
            log.rig.close();
            var disk = new CrashingDisk(log.rig.disk);
            log.rig.seenDisk = disk;
            for (int which : DAMAGED) log.damage(which, damagedByte, damagedByte + 1);
            log.open();
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
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void scrub(ScrubRig log) throws IOException {
        assertEquals(FolderScrubber.Outcome.VERIFIED, log.scrub());
        log.rig.work.later();
    }

    @Test
    void aCrashAnywhereLosesNothingThatIsNotDamaged() throws IOException {
        System.out.println("seed " + seed);
        for (int damagedByte : List.of(16, 70)) {
            var smooth = Scene.set(damagedByte);
            int before = smooth.disk().changes();
            scrub(smooth.log());
            int changes = smooth.disk().changes() - before;
            smooth.log().check(DAMAGED.toArray(Integer[]::new));
            assertTrue(changes > 30, "changes: " + changes);
            for (int crashAt = 0; crashAt < changes; crashAt++) {
                for (int round = 0; round < 3; round++) crash(damagedByte, crashAt, round == 0 ? null : random);
            }
        }
    }

    private void crash(int damagedByte, int crashAt, @Nullable Random power) throws IOException {
        var scene = Scene.set(damagedByte);
        scene.disk().crashAfter(crashAt);
        assertTrue(!scene.survives(() -> scrub(scene.log())), "it came to its end before " + crashAt);
        scene.restart(power);
        if (power != null && random.nextBoolean()) {
            scene.disk().crashAfter(random.nextInt(30));
            boolean isOpen = scene.survives(scene.log()::open);
            if (!isOpen) scene.restart(power);
            scene.disk().crashAfter(Integer.MAX_VALUE);
            if (!isOpen) scene.log().open();
        } else {
            scene.log().open();
        }
        var when = "seed %d, crash at %d".formatted(seed, crashAt);
        checkNothingIsPassedOver(scene.log(), when);
        if (!scene.log().isDue()) assertTrue(scene.log().rig.folder().scrubber().beginPass(0), when);
        scrub(scene.log());
        scene.log().check(DAMAGED.toArray(Integer[]::new));
        var strange = scene.log().rig.disk.list(scene.log().dir()).stream()
                .filter(name -> name.endsWith(".swap") || name.endsWith(".cleaned"))
                .toList();
        assertEquals(List.of(), strange, when);
        for (int which : List.of(5, 11)) {
            var aside = scene.log().rig.disk.bytes(scene.log().rig.file(2L * which, Aside.SUFFIX));
            assertArrayEquals(damaged(scene.log(), which, which == 5 ? 2 : 1, damagedByte), aside, when);
        }
        scene.log().rig.kill();
        scene.log().open();
        scene.log().check(DAMAGED.toArray(Integer[]::new));
    }

    private static byte[] damaged(ScrubRig log, int first, int count, int damagedByte) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            var bytes = log.batches.get(first + i).clone();
            bytes[damagedByte] ^= 0x35;
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /// Until it is mended, what is damaged may be served as it is, or be an error; what is whole
    /// is there.
    private static void checkNothingIsPassedOver(ScrubRig log, String when) throws IOException {
        for (int i = 0; i < log.batches.size(); i++) {
            long base = 2L * i;
            if (log.rig.log().isQuarantined(base)) {
                assertTrue(DAMAGED.contains(i), when + ": batch " + i);
                continue;
            }
            try {
                var read = log.bytes(base);
                var whole = log.batches.get(i);
                assertTrue(read.length >= whole.length, when);
                if (!DAMAGED.contains(i)) assertArrayEquals(whole, Arrays.copyOf(read, whole.length), when);
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("damaged"), when + ": " + e);
            }
        }
        assertEquals(2L * log.batches.size(), log.rig.log().endOffset(), when);
    }
}
