package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.disk.DiskFile;
import io.millrace.disk.DiskFullException;
import io.millrace.disk.ForwardingDisk;
import io.millrace.disk.HereAndNow;
import io.millrace.folder.FolderCheckpoints;
import io.millrace.folder.SegmentFiles;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class LogFolderTest {

    private final Rig rig = new Rig();

    private LogFolder second(Identity identity) throws IOException {
        var tools = new FolderTools(
                rig.disk, rig.clock, Metrics.NONE, new HereAndNow(), () -> new Uuid(5, 5), FolderLimits.USUAL);
        return LogFolder.open(rig.dir, identity, tools);
    }

    /// The first attempt made the folder and then found no space.
    @Test
    void theNameOfANewPartitionIsOnTheDiskWhicheverAttemptSucceeds() throws IOException {
        var isFull = new AtomicBoolean();
        var synced = new ArrayList<Path>();
        rig.seenDisk = new ForwardingDisk(rig.disk) {
            @Override
            public DiskFile openToAppend(Path file) throws IOException {
                if (isFull.get() && file.toString().contains("orders-1")) throw new DiskFullException("no space");
                return super.openToAppend(file);
            }

            @Override
            public void syncDirectory(Path directory) throws IOException {
                synced.add(directory);
                super.syncDirectory(directory);
            }
        };
        rig.open();
        isFull.set(true);
        assertThrows(IOException.class, () -> rig.openOther(1));
        assertTrue(rig.disk.isDirectory(rig.dir.resolve("orders-1")));
        isFull.set(false);
        synced.clear();
        rig.openOther(1);
        assertTrue(synced.contains(rig.dir), synced::toString);
    }

    @Test
    void aFolderBelongsToOneProcess() throws IOException {
        rig.open();
        var refused = assertThrows(IOException.class, () -> second(Rig.IDENTITY));
        assertTrue(refused.toString().contains("in use"), refused.toString());

        rig.close();
        second(Rig.IDENTITY).close();
    }

    @Test
    void aFolderBelongsToOneNodeOfOneCluster() throws IOException {
        rig.open();
        var id = rig.folder().directoryId();
        rig.close();
        for (var other : List.of(new Identity("other", 1), new Identity("test-cluster", 2))) {
            var refused = assertThrows(IOException.class, () -> second(other));
            assertTrue(refused.toString().contains("belongs to node 1 of cluster test-cluster"));
        }
        assertEquals(Optional.of(Rig.IDENTITY), LogFolder.identity(rig.dir, rig.disk));
        rig.open();
        assertEquals(id, rig.folder().directoryId());
    }

    @Test
    void aNewFolderBelongsToNobody() throws IOException {
        assertEquals(Optional.empty(), LogFolder.identity(rig.dir, rig.disk));
    }

    @Test
    void partitionsAreFoundByTheirFolders() throws IOException {
        rig.open();
        rig.close();
        for (var strange : List.of("orders", "orders-x", "orders-01", "or/ders-1", "__x-2147483648", "bare-1")) {
            rig.disk.createDirectories(rig.dir.resolve(strange));
        }
        rig.disk.createDirectories(rig.dir.resolve("broken-0"));
        rig.disk.damage(rig.dir.resolve("broken-0").resolve(SegmentFiles.METADATA), new byte[] {1, 2});
        rig.open();

        var dir = rig.dir.resolve("orders-0");
        assertEquals(
                List.of(new Found(Rig.TOPIC, 0, Rig.TOPIC_ID, dir)),
                rig.folder().found());
        assertTrue(rig.disk.exists(rig.dir.resolve("bare-1")));
    }

    @Test
    void aLogIsOpenOnce() throws IOException {
        rig.open();
        assertInstanceOf(Opened.Failed.class, rig.openLog());
        rig.log().close();
        assertInstanceOf(Opened.Ready.class, rig.openLog());
    }

    @Test
    void theFolderOfAnEarlierTopicIsSetAsideAndNeverDeleted() throws IOException {
        rig.open();
        rig.log().close();
        var outcome = new AtomicReference<Opened>();
        rig.folder().open(new Uuid(3, 3), Rig.TOPIC, 0, rig.config, Runnable::run, outcome::set);
        var ready = assertInstanceOf(Opened.Ready.class, outcome.get());
        assertEquals(0, ready.log().endOffset());

        rig.folder().delete(Rig.TOPIC_ID, Rig.TOPIC, 0);
        assertTrue(rig.disk.exists(rig.dir.resolve("orders-0")), "a delete names the topic by its id");
        var aside = rig.dir.resolve("orders-0." + Rig.TOPIC_ID + "-stray");
        assertTrue(rig.disk.isDirectory(aside), "the earlier topic's data is kept");
    }

    @Test
    void dataWithoutMetadataIsNotTakenOver() throws IOException {
        rig.open();
        rig.close();
        rig.disk.delete(rig.dir.resolve("orders-0").resolve(SegmentFiles.METADATA));
        assertInstanceOf(Opened.Failed.class, rig.tryOpen());
        assertEquals(List.of(), rig.folder().found());
        assertTrue(rig.disk.exists(rig.file(0, ".log")));
    }

    @Test
    void aDeletedPartitionIsRenamedAtOnceAndRemovedLater() throws IOException {
        var log = rig.open();
        log.append(Rig.batch(1, 10, 1), 1);
        log.write();
        var slice = log.reader().readBlocking(0, 9, 100, true).orElseThrow().place();
        rig.folder().delete(Rig.TOPIC_ID, Rig.TOPIC, 0);

        assertThrows(IOException.class, () -> log.append(Rig.batch(1, 10, 1), 1));
        assertEquals(List.of(), rig.folder().found());
        var gone = rig.disk.list(rig.dir).stream()
                .filter(name -> name.endsWith("-delete"))
                .toList();
        assertEquals(1, gone.size());
        assertTrue(gone.getFirst().matches("orders-0\\.[0-9a-f]{32}-delete"), gone.getFirst());
        assertEquals(71 + 10, slice.readFully().remaining() + 3, "sent from the file that has no name");
        slice.release();

        assertEquals(0, ((Opened.Ready) rig.openLog()).log().endOffset());
        rig.work.later();
        assertFalse(rig.disk.exists(rig.dir.resolve(gone.getFirst())));
        assertTrue(rig.disk.exists(rig.dir.resolve("orders-0")));
    }

    @Test
    void whatWasDeletedBeforeIsRemovedAtTheNextStart() throws IOException {
        rig.open();
        rig.folder().delete(Rig.TOPIC_ID, Rig.TOPIC, 0);
        rig.kill();
        rig.open();
        assertTrue(rig.disk.list(rig.dir).stream().noneMatch(name -> name.endsWith("-delete")));
    }

    @Test
    void aLaterTopicOfTheSameNameBeginsWithNothing() throws IOException {
        var log = rig.open();
        for (int i = 0; i < 10; i++) log.append(Rig.batch(1, 10, 1), 1);
        log.write();
        rig.work.settle();
        log.trimTo(5);
        rig.close();
        rig.open();
        rig.folder().delete(Rig.TOPIC_ID, Rig.TOPIC, 0);
        rig.kill();
        var again = rig.open();
        assertEquals(0, again.startOffset());
        assertEquals(0, again.endOffset());
        assertEquals(0, again.recoveryPoint());
    }

    @Test
    void checkpointsKeepPartitionsThatAreNotOpen() throws IOException {
        var log = rig.open();
        for (int i = 0; i < 10; i++) log.append(Rig.batch(1, 10, 1), 1);
        rig.close();
        var folder = second(Rig.IDENTITY);
        var outcome = new AtomicReference<Opened>();
        folder.open(new Uuid(3, 3), "other", 2, rig.config, Runnable::run, outcome::set);
        ((Opened.Ready) outcome.get()).log().append(Rig.batch(1, 10, 1), 1);
        folder.close();

        var text =
                new String(rig.disk.bytes(rig.dir.resolve(FolderCheckpoints.RECOVERY_POINTS)), StandardCharsets.UTF_8);
        assertEquals(
                "0\n2\norders 0 10\nother 2 1\n".lines().sorted().toList(),
                text.lines().sorted().toList());
    }

    @Test
    void aClosedFolderOpensNothing() throws IOException {
        rig.open();
        var folder = rig.folder();
        rig.close();
        var outcome = new AtomicReference<Opened>();
        folder.open(Rig.TOPIC_ID, Rig.TOPIC, 0, rig.config, Runnable::run, outcome::set);
        assertInstanceOf(Opened.Failed.class, outcome.get());
    }
}
