package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.FileSlice;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// Slices: what they cost, what they hold, what becomes of them.
class SegmentReadTest {

    @Test
    void atTheEndOfTheLogNothingIsRead() throws IOException {
        var rig = new Rig();
        var log = rig.open();
        for (int i = 0; i < 1000; i++) {
            log.append(Rig.batch(1, 100, i), 1);
            log.write();
        }
        long before = rig.disk.bytesRead();
        for (long offset = 800; offset < 1000; offset++) {
            var read = log.reader().read(offset, Long.MAX_VALUE, 1, true);
            var slice = assertInstanceOf(LogRead.Bytes.class, read).slice();
            assertEquals(offset, slice.firstOffset());
            slice.place().release();
        }
        assertEquals(before, rig.disk.bytesRead());
    }

    @Test
    void whatIsNotWrittenIsNotRead() throws IOException {
        var log = new Rig().open();
        log.append(Rig.batch(1, 100, 1), 1);
        assertTrue(log.reader().readBlocking(0, Long.MAX_VALUE, 1000, true).isEmpty());
        log.write();
        assertFalse(log.reader().readBlocking(0, Long.MAX_VALUE, 1000, true).isEmpty());
        assertTrue(log.reader().readBlocking(1, Long.MAX_VALUE, 1000, true).isEmpty());
        assertThrows(IllegalArgumentException.class, () -> log.reader().readBlocking(2, Long.MAX_VALUE, 1000, true));
    }

    @Test
    void muchIsWrittenByItself() throws IOException {
        var log = new Rig().open();
        for (int i = 0; i < 20; i++) log.append(Rig.batch(1, 100_000, 1), 1);
        assertTrue(log.writtenEnd() > 10, "written " + log.writtenEnd());
    }

    @Test
    void aSliceOutlivesItsSegment() throws IOException {
        var rig = new Rig("segment.bytes", "1000");
        var log = rig.open();
        var first = Rig.batch(1, 100, 1);
        log.append(first, 1);
        for (int i = 0; i < 50; i++) log.append(Rig.batch(1, 100, 1), 1);
        log.write();
        var slice = log.reader()
                .readBlocking(0, Long.MAX_VALUE, 1, true)
                .orElseThrow()
                .place();

        rig.work.settle();
        log.trimTo(40);
        rig.work.syncAll();
        while (log.retain() > 0) rig.work.later();

        var out = new ByteArrayOutputStream();
        assertEquals(first.sizeBytes(), slice.transferTo(Channels.newChannel(out)));
        assertEquals(0, slice.remainingBytes());
        assertArrayEquals(Rig.bytes(first), out.toByteArray());
        slice.release();
        assertThrows(IllegalStateException.class, slice::release);
    }

    @Test
    void aSliceThatWasCutSaysSo() throws IOException {
        var log = new Rig().open();
        for (int i = 0; i < 5; i++) log.append(Rig.batch(1, 100, 1), 1);
        log.write();
        var slice = log.reader()
                .readBlocking(3, Long.MAX_VALUE, 1, true)
                .orElseThrow()
                .place();
        log.truncateTo(3);
        assertThrows(EOFException.class, () -> slice.transferTo(Channels.newChannel(new ByteArrayOutputStream())));
        assertThrows(EOFException.class, slice::readFully);
        slice.release();
    }

    @Test
    void aFewFilesAreHeldOpenAndLetGoOf() throws IOException {
        var rig = new Rig("segment.bytes", "1000");
        var log = rig.open();
        int others = rig.disk.openFiles();
        for (int i = 0; i < 200; i++) log.append(Rig.batch(1, 100, 1), 1);
        log.write();
        rig.work.syncAll();
        var slices = new ArrayList<FileSlice>();
        for (long offset = 0; offset < 200; offset += 7) {
            slices.add(log.reader()
                    .readBlocking(offset, Long.MAX_VALUE, 1, true)
                    .orElseThrow()
                    .place());
        }
        assertTrue(rig.disk.openFiles() > 10);
        slices.forEach(FileSlice::release);
        assertEquals(others + 9, rig.disk.openFiles(), "the active one, and eight that were looked up");
        rig.clock.pass(5_000);
        log.rest();
        assertEquals(others, rig.disk.openFiles());
        rig.close();
        assertEquals(0, rig.disk.openFiles());
    }
}
