package io.millrace.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What a disk may do, and what it may not. Where chance decides, many seeds are asked.
class SimDiskTest {

    private static final Path DIR = Path.of("/data");
    private static final Path FILE = DIR.resolve("file");
    private static final int SEEDS = 500;

    private final SimClock clock = new SimClock();

    @Test
    void whatWasSyncedSurvives() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            var disk = disk(seed);
            write(disk, FILE, "a".repeat(3_000), true);
            disk.syncDirectory(DIR);
            var after = disk.afterPowerCut(true);
            assertEquals("a".repeat(3_000), text(after, FILE));
        }
    }

    @Test
    void whatWasNotSyncedSurvivesInPieces() throws IOException {
        var sizes = new HashSet<Long>();
        var shapes = new HashSet<String>();
        for (int seed = 0; seed < SEEDS; seed++) {
            var disk = disk(seed);
            write(disk, FILE, "a".repeat(512), true);
            write(disk, FILE, "b".repeat(3 * 512), false);
            disk.syncDirectory(DIR);
            var text = text(disk.afterPowerCut(true), FILE);
            sizes.add((long) text.length());
            assertTrue(text.startsWith("a".repeat(512)), text);
            if (text.length() == 4 * 512) shapes.add(shape(text));
        }
        assertTrue(sizes.size() > 10, "sizes: " + sizes);
        assertTrue(shapes.containsAll(List.of("a000", "abbb", "a0b0", "a00b")), "shapes: " + shapes);
    }

    /// One letter per sector, 0 for zeros; a sector is whole.
    private static String shape(String text) {
        var shape = new StringBuilder();
        for (int at = 0; at < text.length(); at += 512) {
            char first = text.charAt(at);
            assertEquals(Character.toString(first).repeat(512), text.substring(at, at + 512));
            shape.append(first == 0 ? '0' : first);
        }
        return shape.toString();
    }

    @Test
    void aCutThatWasNotSyncedComesBackWhole() throws IOException {
        var shapes = new TreeSet<String>();
        for (int seed = 0; seed < SEEDS; seed++) {
            var disk = disk(seed);
            write(disk, FILE, "a".repeat(2 * 512), true);
            disk.syncDirectory(DIR);
            try (var file = disk.openToAppend(FILE)) {
                file.truncate(512);
                file.append(new ByteBuffer[] {bytes("b".repeat(512))}, 1);
            }
            var text = text(disk.afterPowerCut(true), FILE);
            assertTrue(text.startsWith("a".repeat(512)));
            shapes.add(text.substring(512).replaceAll("(.)\\1*", "$1"));
        }
        assertEquals(Set.of("", "\0", "a", "b"), shapes);
    }

    @Test
    void aNameSurvivesWhenItsDirectoryWasSynced() throws IOException {
        int survivors = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            var disk = disk(seed);
            write(disk, FILE, "a", true);
            var after = disk.afterPowerCut(true);
            if (after.exists(FILE)) survivors++;
        }
        assertTrue(survivors > 0 && survivors < SEEDS, survivors + " survived");
    }

    @Test
    void changesOfNamesSurviveInOrder() throws IOException {
        var found = new TreeSet<String>();
        var unordered = new TreeSet<String>();
        for (int seed = 0; seed < SEEDS; seed++) {
            found.add(threeNames(disk(seed)).afterPowerCut(true).list(DIR).toString());
            unordered.add(threeNames(disk(seed)).afterPowerCut(false).list(DIR).toString());
        }
        assertEquals(Set.of("[]", "[one]", "[one, two]", "[three, two]"), found);
        assertTrue(unordered.containsAll(Set.of("[two]", "[three]", "[one, two]")), unordered.toString());
    }

    private static SimDisk threeNames(SimDisk disk) throws IOException {
        write(disk, DIR.resolve("one"), "", false);
        write(disk, DIR.resolve("two"), "", false);
        disk.rename(DIR.resolve("one"), DIR.resolve("three"));
        return disk;
    }

    @Test
    void anOpenFileOutlivesItsName() throws IOException {
        var disk = disk(1);
        write(disk, FILE, "hello", false);
        try (var file = disk.openToRead(FILE)) {
            disk.delete(FILE);
            assertThrows(NoSuchFileException.class, () -> disk.openToRead(FILE));
            var read = ByteBuffer.allocate(5);
            assertEquals(5, file.read(read, 0));
            assertEquals(List.of(FILE), disk.openFiles());
        }
        assertEquals(List.of(), disk.openFiles());
    }

    @Test
    void aKilledProcessLeavesThePageCacheAndNoLocks() throws IOException {
        var disk = disk(1);
        write(disk, FILE, "hello", false);
        assertTrue(disk.lock(DIR.resolve("lock")).isPresent());
        assertTrue(disk.lock(DIR.resolve("lock")).isEmpty());
        var after = disk.afterKill();
        assertEquals("hello", text(after, FILE));
        assertTrue(after.lock(DIR.resolve("lock")).isPresent());
        assertThrows(SimCrash.class, () -> disk.exists(FILE));
    }

    @Test
    void afterAFailedSyncThePagesCountAsWritten() throws IOException {
        int lost = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            var disk = disk(seed);
            write(disk, FILE, "", true);
            disk.syncDirectory(DIR);
            disk.fail(new SimFault(SimFault.Kind.SYNC, FILE::equals, 1, 1));
            assertThrows(IOException.class, () -> write(disk, FILE, "hello", true));
            sync(disk, FILE);
            assertEquals("hello", text(disk, FILE));
            if (!text(disk.afterPowerCut(true), FILE).equals("hello")) lost++;
        }
        assertTrue(lost > SEEDS / 4, "a second sync saved all but " + lost);
    }

    @Test
    void whatIsWrittenAgainAfterAFailedSyncIsSafe() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            var disk = disk(seed);
            write(disk, FILE, "", true);
            disk.syncDirectory(DIR);
            disk.fail(new SimFault(SimFault.Kind.SYNC, FILE::equals, 1, 1));
            assertThrows(IOException.class, () -> write(disk, FILE, "hello", true));
            try (var file = disk.openToAppend(FILE)) {
                file.write(bytes("world"), 0);
                file.sync();
            }
            assertEquals("world", text(disk.afterPowerCut(true), FILE));
        }
    }

    @Test
    void aFullDiskTakesWhatFits() throws IOException {
        var disk = disk(1);
        disk.capacity(100);
        write(disk, FILE, "a".repeat(60), false);
        assertEquals(40, disk.freeBytes(DIR));
        assertThrows(IOException.class, () -> write(disk, FILE, "b".repeat(60), false));
        assertEquals(100, disk.sizeBytes(FILE));
        disk.delete(FILE);
        write(disk, FILE, "c".repeat(100), false);
    }

    @Test
    void everyChangeCanBeTheLast() throws IOException {
        var all = disk(1);
        story(all);
        for (long last = 3; last <= all.changes(); last++) {
            var disk = disk(last);
            disk.crashAt(last);
            assertThrows(SimCrash.class, () -> story(disk), "change " + last);
            assertEquals(last, disk.changes());
            disk.afterPowerCut(true).exists(FILE);
        }
    }

    private static void story(SimDisk disk) throws IOException {
        write(disk, FILE, "hello", true);
        disk.syncDirectory(DIR);
        disk.rename(FILE, DIR.resolve("other"));
        try (var file = disk.openToAppend(DIR.resolve("other"))) {
            file.truncate(2);
        }
        disk.delete(DIR.resolve("other"));
    }

    @Test
    void damageIsThereAfterAPowerCutToo() throws IOException {
        var disk = disk(1);
        write(disk, FILE, "a".repeat(512) + "b".repeat(512), true);
        disk.syncDirectory(DIR);
        disk.flipBit(FILE, 0, 1);
        disk.misdirect(FILE, -1, 1);
        var text = text(disk.afterPowerCut(true), FILE);
        assertEquals("c" + "a".repeat(511) + "\0".repeat(512), text);
        assertNull(disk.peek(DIR.resolve("nothing")));
    }

    /// An empty folder that is on the platter.
    private SimDisk disk(long seed) throws IOException {
        var disk = new SimDisk(clock, new SplittableRandom(seed));
        disk.createDirectories(DIR);
        disk.syncDirectory(Path.of("/"));
        return disk;
    }

    private static void write(SimDisk disk, Path path, String text, boolean sync) throws IOException {
        try (var file = disk.openToAppend(path)) {
            if (!text.isEmpty()) file.append(new ByteBuffer[] {bytes(text)}, 1);
            if (sync) file.sync();
        }
    }

    private static void sync(SimDisk disk, Path path) throws IOException {
        try (var file = disk.openToRead(path)) {
            file.sync();
        }
    }

    private static String text(SimDisk disk, Path path) throws IOException {
        var bytes = disk.peek(path);
        if (bytes == null) throw new NoSuchFileException(path.toString());
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    private static ByteBuffer bytes(String text) {
        return StandardCharsets.US_ASCII.encode(text);
    }
}
