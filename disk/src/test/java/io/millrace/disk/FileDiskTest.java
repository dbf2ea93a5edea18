package io.millrace.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {

    private static final int SIZE = 300_000;

    @TempDir
    Path dir;

    @Test
    void touchingGoesAsFarAsTheFileDoes() throws IOException {
        try (var file = new FileDisk().openToAppend(dir.resolve("some.log"))) {
            file.append(new ByteBuffer[] {ByteBuffer.allocate(SIZE)}, 1);
            assertEquals(SIZE, file.touch(0, SIZE));
            assertEquals(100, file.touch(SIZE - 100, 70_000));
            assertEquals(0, file.touch(SIZE, 1));
        }
    }

    /// What is read besides is in front of somebody's sync.
    @Test
    void touchingBringsInWhatItWasAskedForAndNoMore() throws IOException {
        var path = dir.resolve("cold.log");
        writePastThePageCache(path, 16 << 20);
        int piece = 256 << 10;
        int touched = 4 * piece;
        try (var file = new FileDisk().openToRead(path);
                var channel = FileChannel.open(path)) {
            assumeFalse(isLoaded(channel, 0, touched), "this file system has no other place than memory");
            for (int from = 0; from < touched; from += piece) assertEquals(piece, file.touch(from, piece));
            assertTrue(isLoaded(channel, 0, touched), "what was asked for");
            assertFalse(isLoaded(channel, touched, piece / 4), "what comes next");
        }
    }

    private static boolean isLoaded(FileChannel file, int from, int length) throws IOException {
        return file.map(FileChannel.MapMode.READ_ONLY, from, length).isLoaded();
    }

    private static void writePastThePageCache(Path path, int bytes) throws IOException {
        var direct = DirectFile.DIRECT;
        if (direct == null) abort("this JDK has no direct access");
        int block = 1 << 16;
        var zeros = ByteBuffer.allocateDirect(2 * block).alignedSlice(block).limit(block);
        try (var channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, direct)) {
            for (long at = 0; at < bytes; at += block) channel.write(zeros.rewind(), at);
        } catch (UnsupportedOperationException | FileSystemException e) {
            abort("this file system has no direct access: " + e);
        }
    }

    @Test
    void aFullDiskIsToldApart() throws IOException {
        var full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "there is no device that is always full");
        try (var file = new FileDisk().openToAppend(full)) {
            var bytes = new ByteBuffer[] {ByteBuffer.allocate(10)};
            assertThrows(DiskFullException.class, () -> file.append(bytes, 1));
            assertThrows(DiskFullException.class, () -> file.write(ByteBuffer.allocate(10), 0));
        }
    }

    @Test
    void writingInPlaceLeavesTheEndForAppendsWhereItWas() throws IOException {
        try (var file = new FileDisk().openToAppend(dir.resolve("some.log"))) {
            file.append(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {1, 2, 3})}, 1);
            file.write(ByteBuffer.wrap(new byte[] {7}), 1);
            file.append(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {4})}, 1);
            file.write(ByteBuffer.wrap(new byte[] {9}), 5);

            var all = ByteBuffer.allocate(10);
            assertEquals(6, file.readFully(all, 0));
            assertArrayEquals(new byte[] {1, 7, 3, 4, 0, 9, 0, 0, 0, 0}, all.array());
        }
    }

    /// The system wants whole blocks; whoever reads does not.
    @Test
    void whatTheDiskHoldsCanBeReadFromAnywhere() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var path = dir.resolve("some.log");
        var bytes = new byte[SIZE];
        random.nextBytes(bytes);
        var disk = new FileDisk();
        // not synced: what was written a moment ago is seen all the same
        try (var file = disk.openToAppend(path)) {
            file.append(new ByteBuffer[] {ByteBuffer.wrap(bytes)}, 1);
        }
        try (var file = disk.openToScrub(path)) {
            assertEquals(SIZE, file.sizeBytes());
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(SIZE + 5_000);
                var target = ByteBuffer.allocate(1 + random.nextInt(random.nextBoolean() ? SIZE : 100));
                int there = Math.clamp(SIZE - from, 0, target.capacity());
                assertEquals(there, file.readFully(target, from), "seed " + seed);
                int end = Math.min(from, SIZE) + there;
                var expected = Arrays.copyOfRange(bytes, end - there, end);
                assertArrayEquals(expected, Arrays.copyOf(target.array(), there), "seed " + seed);
            }
            assertEquals(-1, file.read(ByteBuffer.allocate(1), SIZE));
            assertThrows(UnsupportedOperationException.class, () -> file.truncate(0));
        }
        assertThrows(NoSuchFileException.class, () -> disk.openToScrub(dir.resolve("no such file")));
    }
}
