package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.SegmentFiles;
import io.millrace.model.record.RecordReader.MalformedRecords;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes in any file: the log opens or says why not, reads or says why not, and takes no more memory
/// than the files are large.
class AnyBytesTest {

    private static final long MOST_ALLOCATED_BYTES = 24 << 20;

    /// A few new ones; or the one in `-Dmillrace.seed`.
    static List<Long> seeds() {
        var given = Long.getLong("millrace.seed");
        return given != null ? List.of(given) : new Random().longs(3).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOutcomeIsDeclared(long seed) throws IOException {
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 60; round++) oneRound(random);
    }

    private static void oneRound(Random random) throws IOException {
        var rig = new Rig("segment.bytes", "3000", "index.interval.bytes", "100");
        var log = rig.open();
        for (int i = 0; i < 30; i++) log.append(Rig.batch(2, 60, i, i % 3, 0, i / 3 * 2), i / 9);
        if (random.nextBoolean()) {
            rig.close();
        } else {
            log.write();
            rig.kill();
        }
        var files = new ArrayList<>(rig.disk.list(log.dir()).stream()
                .filter(name -> !name.equals(SegmentFiles.METADATA))
                .map(log.dir()::resolve)
                .toList());
        for (var name : rig.disk.list(rig.dir)) {
            if (name.endsWith("checkpoint")) files.add(rig.dir.resolve(name));
        }
        for (int i = 0; i <= random.nextInt(3); i++) {
            var file = files.get(random.nextInt(files.size()));
            rig.disk.damage(file, damaged(rig.disk.bytes(file), random));
        }

        long before = allocatedBytes();
        if (rig.tryOpen() instanceof Opened.Ready(var ready)) use(ready, random);
        long allocated = allocatedBytes() - before;
        assertTrue(allocated < MOST_ALLOCATED_BYTES, "allocated " + allocated);
    }

    private static void use(Log log, Random random) {
        try {
            log.append(Rig.batch(1, 10, 5), 9);
            log.write();
            if (log.endOffset() > log.startOffset()) {
                long offset = log.startOffset() + random.nextLong(log.endOffset() - log.startOffset());
                log.reader()
                        .readBlocking(offset, Long.MAX_VALUE, 1000, true)
                        .ifPresent(slice -> slice.place().release());
                log.reader().newest(Long.MAX_VALUE, (_, _) -> {}).find();
                log.reader()
                        .firstAtOrAfter(random.nextInt(40), Long.MAX_VALUE, (_, _) -> {})
                        .find();
            }
            log.close();
        } catch (IOException | MalformedRecords e) {
            assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
        }
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        var other = bytes.clone();
        switch (random.nextInt(5)) {
            case 0 -> other = new byte[random.nextInt(500)];
            case 1 -> random.nextBytes(other);
            case 2 -> other = Arrays.copyOf(bytes, random.nextInt(bytes.length + 200));
            case 3 -> {
                for (int i = 0; i < 4 && other.length > 4; i++) {
                    other[random.nextInt(other.length)] = (byte) (random.nextBoolean() ? 0x7f : random.nextInt());
                }
            }
            default -> {
                if (other.length > 12) ByteBuffer.wrap(other).putInt(8, random.nextInt());
            }
        }
        return other;
    }

    private static long allocatedBytes() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }
}
