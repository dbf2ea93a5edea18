package io.millrace.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.MetadataRecord;
import io.millrace.metadata.MetadataRecord.ClusterCreated;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.metadata.UnreadableRecordException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The bytes of entries and snapshots, which outlive releases.
class WrittenFormTest {

    private static final List<MetadataRecord> RECORDS =
            List.of(new ClusterCreated("c-1"), new ProducerIdsAllocated(-1, 1000));
    private static final LogEntry ENTRY = new LogEntry(new EntryId(5, 7), new EntryId(4, 258), RECORDS);
    private static final ImageSnapshot SNAPSHOT =
            new ImageSnapshot(new EntryId(5, 7), ClusterImage.EMPTY.after(RECORDS, 99));

    /// What release 0.1 wrote; may never change.
    private static final String RECORDS_HEX = "02" + "01010403632d31" + "0f010301d00f";

    private static final String ENTRY_HEX =
            "01" + "0000000000000005" + "0000000000000007" + "0000000000000004" + "0000000000000102" + RECORDS_HEX;
    private static final String SNAPSHOT_HEX =
            "01" + "0000000000000005" + "0000000000000007" + "0000000000000063" + RECORDS_HEX;

    @Test
    void anEntryIsWrittenAsEver() {
        assertEquals(ENTRY_HEX, HexFormat.of().formatHex(ENTRY.encode()));
        assertEquals(ENTRY, LogEntry.decode(HexFormat.of().parseHex(ENTRY_HEX)));
    }

    @Test
    void aSnapshotIsWrittenAsEver() {
        assertEquals(SNAPSHOT_HEX, HexFormat.of().formatHex(SNAPSHOT.encode()));
        var read = ImageSnapshot.decode(HexFormat.of().parseHex(SNAPSHOT_HEX));
        assertEquals(SNAPSHOT.last(), read.last());
        assertEquals(99, read.image().index());
        assertEquals(RECORDS, read.image().records());
    }

    @Test
    void aNewerVersionIsRefusedInWords() {
        byte[] entry = ENTRY.encode();
        entry[0] = 2;
        assertEquals(
                "an entry of the metadata log has version 2; this release reads version 1",
                assertThrows(UnreadableRecordException.class, () -> LogEntry.decode(entry))
                        .getMessage());
        byte[] snapshot = SNAPSHOT.encode();
        snapshot[0] = 2;
        assertEquals(
                "a metadata snapshot has version 2; this release reads version 1",
                assertThrows(UnreadableRecordException.class, () -> ImageSnapshot.decode(snapshot))
                        .getMessage());
    }

    @Test
    void anyBytesAreReadOrRefused() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 10_000; round++) {
            byte[] bytes = (round % 2 == 0 ? ENTRY.encode() : SNAPSHOT.encode());
            if (round % 3 == 0) bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            if (bytes.length > 0) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                if (round % 2 == 0) LogEntry.decode(bytes);
                else ImageSnapshot.decode(bytes);
            } catch (UnreadableRecordException e) {
                // refused, as it should be
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
