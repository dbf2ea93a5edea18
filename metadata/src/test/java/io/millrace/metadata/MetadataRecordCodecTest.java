package io.millrace.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.metadata.MetadataRecord.AclAdded;
import io.millrace.metadata.MetadataRecord.AclRemoved;
import io.millrace.metadata.MetadataRecord.ClusterCreated;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.ConfigUnset;
import io.millrace.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.metadata.MetadataRecord.NodeRegistered;
import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.metadata.MetadataRecord.QuotaSet;
import io.millrace.metadata.MetadataRecord.QuotaUnset;
import io.millrace.metadata.MetadataRecord.ScramSet;
import io.millrace.metadata.MetadataRecord.ScramUnset;
import io.millrace.metadata.MetadataRecord.TopicBuried;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// Method: the bytes of every record, compared with those that were written down; any bytes at all.
class MetadataRecordCodecTest {

    private static final Uuid ID = new Uuid(0x0102030405060708L, 0x1112131415161718L);
    private static final QuotaEntity ANNA = new QuotaEntity(new TreeMap<>(Map.of("user", "anna", "client-id", "")));
    private static final ScramUser BELA = new ScramUser("bela", "SCRAM-SHA-512");
    private static final PartitionState STATE = new PartitionState(List.of(1, 2, 300), List.of(2, 1), 2, 7, 9);

    /// One of each, with the bytes that release 0.1 wrote. A line may be added, none may ever change.
    private static final List<Map.Entry<MetadataRecord, String>> GOLDEN = List.of(
            Map.entry(new ClusterCreated("c-1"), "01010403632d31"),
            Map.entry(
                    new NodeRegistered(new Node(
                            3,
                            ID,
                            "rack-a",
                            List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092, "PLAINTEXT")),
                            false)),
                    "02013b060102030405060708111213141516171806"
                            + "7261636b2d610109504c41494e54455854093132372e302e302e31888e0109504c41494e5445585400"),
            Map.entry(new TopicCreated(ID, "orders"), "030117010203040506070811121314151617180" + "66f7264657273"),
            Map.entry(
                    new PartitionPlaced(ID, 5, STATE),
                    "04011c0102030405060708111213141516171805030204d80402040204" + "0e12"),
            Map.entry(
                    new PartitionChanged(ID, 200, PartitionState.begin(List.of(1))),
                    "0501190102030405060708111213141516171" + "8c80101020102020000"),
            Map.entry(new TopicDeleted(ID), "06011001020304050607081112131415161718"),
            Map.entry(new TopicBuried(ID), "11011001020304050607081112131415161718"),
            Map.entry(
                    new ConfigSet(ConfigResource.topic("orders"), "retention.ms", "-1"),
                    "07011802066f72646572730c726574656e74696f6e2e6d73022d31"),
            Map.entry(new ConfigUnset(ConfigResource.ALL_BROKERS, "x"), "080104040" + "00178"),
            Map.entry(
                    new QuotaSet(ANNA, "request_percentage", 12.5),
                    "09013102" + "09636c69656e742d6964000475736572" + "04616e6e61"
                            + "12726571756573745f70657263656e74616765" + "4029000000000000"),
            Map.entry(new QuotaUnset(ANNA, "q"), "0a01180209636c69656e742d696400047573657204616e6e610171"),
            Map.entry(
                    new ScramSet(BELA, new ScramCredential("c2FsdA==", "c3Q=", "c2U=", 4096)),
                    "0b0128" + "0462656c61" + "0d534352414d2d5348412d353132" + "0863324673" + "64413d3d" + "0463335"
                            + "13d" + "04633255" + "3d" + "8040"),
            Map.entry(new ScramUnset(BELA), "0c0113" + "0462656c61" + "0d534352414d2d5348412d353132"),
            Map.entry(
                    new AclAdded(ID, new Acl((byte) 2, "orders", (byte) 3, "User:anna", "*", (byte) 4, (byte) 3)),
                    "0d0127" + "01020304050607081112131415161718" + "02066f7264657273" + "0309557365723a616e6e61"
                            + "012a" + "0403"),
            Map.entry(new AclRemoved(ID), "0e011001020304050607081112131415161718"),
            Map.entry(new ProducerIdsAllocated(-1, 1_000_000), "0f0104018089" + "7a"),
            Map.entry(
                    new FeatureLevelSet("metadata.version", (short) 1),
                    "100112" + "106d657461646174612e76657273696f6e" + "02"));

    @Test
    void everyRecordIsWrittenAsEver() {
        for (var golden : GOLDEN) {
            var bytes = MetadataRecordCodec.encode(List.of(golden.getKey()));
            assertEquals(
                    "01" + golden.getValue(),
                    HexFormat.of().formatHex(bytes),
                    () -> golden.getKey().toString());
            assertEquals(List.of(golden.getKey()), decode(bytes));
        }
    }

    @Test
    void everyKindOfRecordIsAmongThem() {
        var seen = new HashSet<Class<?>>();
        GOLDEN.forEach(golden -> seen.add(golden.getKey().getClass()));
        assertEquals(new HashSet<>(Arrays.asList(MetadataRecord.class.getPermittedSubclasses())), seen);
    }

    @Test
    void aHistoryIsReadAsItWasWritten() {
        for (int round = 0; round < 30; round++) {
            long seed = new Random().nextLong();
            var cluster = new RandomCluster(seed);
            for (int i = 0; i < 100; i++) cluster.step();
            assertEquals(
                    cluster.history(), decode(MetadataRecordCodec.encode(cluster.history())), () -> "seed " + seed);
        }
    }

    @Test
    void aNewerVersionIsRefusedInWords() {
        var bytes = MetadataRecordCodec.encode(List.of(new TopicDeleted(ID)));
        bytes[2] = 2;
        var refused = assertThrows(UnreadableRecordException.class, () -> decode(bytes));
        assertEquals("a metadata record of type 6 has version 2; this release reads version 1", refused.getMessage());
    }

    @Test
    void anUnknownTypeIsRefusedInWords() {
        var bytes = MetadataRecordCodec.encode(List.of(new TopicDeleted(ID)));
        bytes[1] = 99;
        var refused = assertThrows(UnreadableRecordException.class, () -> decode(bytes));
        assertEquals(
                "this release knows no metadata record of type 99; was it written by a newer one?",
                refused.getMessage());
    }

    @Test
    void halfASurrogatePairCannotBeWritten() {
        assertThrows(
                IllegalArgumentException.class,
                () -> MetadataRecordCodec.encode(List.of(new ClusterCreated("\ud800"))));
    }

    @Test
    void anyBytesAreRecordsOrRefused() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        int read = 0;
        var cluster = new RandomCluster(seed);
        for (int i = 0; i < 20; i++) cluster.step();
        var good = MetadataRecordCodec.encode(cluster.history());
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.clone();
            if (round % 2 == 0) bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            for (int i = 0; i <= random.nextInt(3) && bytes.length > 0; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                decode(bytes);
                read++;
            } catch (UnreadableRecordException e) {
                assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        int some = read;
        assertTrue(some > 0, () -> "nothing was readable, seed " + seed);
    }

    private static List<MetadataRecord> decode(byte[] bytes) {
        return MetadataRecordCodec.decode(ByteBuffer.wrap(bytes));
    }
}
