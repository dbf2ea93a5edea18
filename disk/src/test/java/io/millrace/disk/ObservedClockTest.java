package io.millrace.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ObservedClockTest {

    private static final Path DIR = Path.of("/data");

    private final TestClock clock = new TestClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private final HereAndNow work = new HereAndNow();

    ObservedClockTest() {
        disk.createDirectories(DIR);
    }

    private ObservedClock open() throws IOException {
        return new ObservedClock(disk, DIR, clock, work);
    }

    @Test
    void itGoesWithTheMonotonicClockAlone() throws IOException {
        var observed = open();
        assertEquals(0, observed.nowMs());
        clock.pass(70);
        clock.jump(TimeUnit.DAYS.toMillis(3650));
        assertEquals(70, observed.nowMs());
        clock.jump(-2 * TimeUnit.DAYS.toMillis(3650));
        assertEquals(70, observed.nowMs());
    }

    @Test
    void itGoesOnAfterARestartWithoutTheTimeBetween() throws IOException {
        var observed = open();
        clock.pass(5_000);
        observed.write();
        clock.pass(1_000);
        var next = open();
        assertEquals(5_000, next.nowMs());
        clock.pass(10);
        assertEquals(5_010, next.nowMs());
    }

    @Test
    void itsDateBeginsWithTheWallClockAndGoesOnWithoutIt() throws IOException {
        long madeMs = clock.wallMs();
        var observed = open();
        clock.pass(5_000);
        assertEquals(madeMs + 5_000, observed.dateMs());
        observed.write();
        clock.jump(TimeUnit.DAYS.toMillis(3650));
        assertEquals(madeMs + 5_000, open().dateMs());
    }

    @Test
    void itIsWrittenDownNowAndThen() throws IOException {
        open().begin();
        for (int i = 1; i <= 3; i++) {
            clock.pass(30_000);
            work.later();
            assertEquals(30_000L * i, open().nowMs());
        }
    }

    @Test
    void momentsAreTheSameOnBothClocks() throws IOException {
        var observed = open();
        long beganNs = clock.monotonicNs();
        clock.pass(1_000);
        assertEquals(0, observed.ms(beganNs));
        assertEquals(beganNs, observed.ns(0));
        assertEquals(clock.monotonicNs(), observed.ns(1_000));
        assertEquals(clock.monotonicNs(), observed.ns(Long.MAX_VALUE), "nothing was appended after now");
    }

    @Test
    void aFileThatWasChangedByAnyByteBeginsAnew() throws IOException {
        var observed = open();
        clock.pass(123_456);
        observed.write();
        var file = DIR.resolve(ObservedClock.FILE);
        var good = disk.bytes(file);
        for (int i = 0; i < good.length; i++) {
            var bad = good.clone();
            bad[i] ^= 1;
            disk.damage(file, bad);
            long nowMs = open().nowMs();
            assertTrue(nowMs == 0 || nowMs == 123_456, "byte %d makes it %d".formatted(i, nowMs));
        }
        disk.damage(file, new byte[0]);
        assertEquals(0, open().nowMs());
    }

    @Test
    void sealedLinesAreWhole() throws IOException {
        var file = DIR.resolve("lines");
        disk.damage(file, "0\n1\n17 0\n".getBytes(StandardCharsets.UTF_8));
        assertThrows(IOException.class, () -> SealedLines.read(disk, file, 1));
    }
}
