package io.millrace.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.quorum.MetadataLog.Committed;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract, on a real disk; and what is true of Ratis alone.
class RatisMetadataLogTest extends MetadataLogContract {

    @TempDir
    Path dir;

    @Override
    MetadataLog log() {
        return new RatisMetadataLog(dir.resolve("metadata"), "cluster-1", 1);
    }

    @Override
    void closeWithSnapshot(MetadataLog log) {
        log.close();
    }

    @Test
    void theFolderOfAnotherClusterIsRefused() throws IOException {
        lead(new RecordingReader(loop)).close();
        var other = new RatisMetadataLog(dir.resolve("metadata"), "cluster-2", 1);
        var refused = assertThrows(IOException.class, () -> other.start(new RecordingReader(loop)));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("is not the metadata log of this cluster"),
                refused::toString);
    }

    /// The JVM's management, which no node needs, would take a third of the time of a start to set up.
    @Test
    void ratisMakesNoBeans() throws IOException {
        lead(new RecordingReader(loop));
        var domains = ManagementFactory.getPlatformMBeanServer().getDomains();
        assertEquals(
                List.of(),
                Stream.of(domains)
                        .filter(domain -> domain.toLowerCase(Locale.ROOT).startsWith("ratis"))
                        .toList());
    }

    @Test
    void aFolderInUseIsRefused() throws IOException {
        var reader = new RecordingReader(loop);
        var log = lead(reader);
        assertThrows(IOException.class, () -> log().start(new RecordingReader(loop)));
        assertInstanceOf(Committed.class, loop.await(log.propose(bytes("still here"), loop)));
    }

    /// Ratis shuts the state machine down after a failure of its own; that is no second reason.
    @Test
    void theFirstReasonOfAnEndIsTheOneToTell() throws IOException {
        var reader = new RecordingReader(loop);
        try (var machine = new RatisStateMachine(reader, RaftGroupId.randomId(), RaftPeerId.valueOf("node-1"))) {
            machine.notifyLogFailed(new IOException("the disk is gone"), null);
        }
        assertEquals(List.of("the disk is gone"), reader.failures());
    }

    @Test
    void aBrokenSnapshotIsRefused() throws IOException {
        var reader = new RecordingReader(loop);
        var log = lead(reader);
        loop.await(log.propose(bytes("some"), loop));
        log.close();
        var snapshot = files("snapshot\\.\\d+_\\d+").getFirst();
        var bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 1;
        Files.write(snapshot, bytes);

        var refused = assertThrows(IOException.class, () -> log().start(new RecordingReader(loop)));
        assertTrue(String.valueOf(refused.getMessage()).contains("cannot be opened"), refused::toString);
    }

    @Test
    void twoSnapshotsAreKeptAndTheLogBeforeThemGoes() throws IOException {
        for (int round = 0; round < 4; round++) {
            var reader = new RecordingReader(loop);
            var log = lead(reader);
            proposeAll(log, numbered(0, 10)).forEach(loop::await);
            log.close();
        }
        assertEquals(2, files("snapshot\\.\\d+_\\d+").size());
        long logBytes = 0;
        for (var file : files("log_.*")) logBytes += Files.size(file);
        assertTrue(logBytes < 2 << 20, "the log takes " + logBytes + " bytes");
    }

    private List<Path> files(String pattern) throws IOException {
        try (var all = Files.walk(dir)) {
            return all.filter(file -> String.valueOf(file.getFileName()).matches(pattern))
                    .sorted()
                    .toList();
        }
    }
}
