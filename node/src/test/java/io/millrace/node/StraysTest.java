package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.millrace.disk.FileDisk;
import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Found;
import io.millrace.log.Identity;
import io.millrace.log.LogConfig;
import io.millrace.log.LogFolder;
import io.millrace.log.Opened;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import io.millrace.metadata.PartitionState;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies in the data folder and the cluster does not give this node.
class StraysTest {

    private static final int NODE = 7;
    private static final Uuid ORDERS = new Uuid(4, 4);

    private static final ClusterImage IMAGE = ClusterImage.EMPTY.after(
            List.of(
                    new TopicCreated(ORDERS, "orders"),
                    new PartitionPlaced(ORDERS, 0, PartitionState.begin(List.of(NODE))),
                    new PartitionPlaced(ORDERS, 1, PartitionState.begin(List.of(8)))),
            1);

    private static Found found(int partition, Uuid topicId) {
        return new Found("orders", partition, topicId, Path.of("/data/orders-" + partition));
    }

    @Test
    void whatTheClusterGivesThisNodeIsNoStray() {
        assertEquals(List.of(), Strays.among(List.of(found(0, ORDERS)), IMAGE, NODE));
    }

    @Test
    void anotherNodesPartitionAnUnknownOneAndAnotherTopicOfThatNameAreStrays() {
        var unknown = List.of(found(1, ORDERS), found(2, ORDERS), found(0, new Uuid(5, 5)));
        assertEquals(unknown, Strays.among(unknown, IMAGE, NODE));
    }

    @Test
    void theFirstAreNamedAndTheOthersCounted() {
        var two = List.of(found(0, ORDERS), found(1, ORDERS));
        assertEquals(
                "the cluster knows nothing of what is in /data/orders-0, /data/orders-1: "
                        + "it is kept and not served; remove it when nobody misses it",
                Strays.words(two));
        var many = IntStream.range(0, 12).mapToObj(i -> found(i, ORDERS)).toList();
        assertEquals(true, Strays.words(many).contains("/data/orders-9 and 2 more folders: it is kept"));
    }

    /// The node ended between the deletion of the topic and that of its folder.
    @Test
    void whatWasDeletedIsDeletedAtTheNextStartAndNothingElse(@TempDir Path dir) throws Exception {
        var bills = new Uuid(6, 6);
        try (var folder = folder(dir)) {
            make(folder, "orders", ORDERS);
            make(folder, "bills", bills);
        }
        var image = IMAGE.after(List.of(new TopicDeleted(ORDERS)), 2);
        try (var folder = folder(dir)) {
            Strays.tidy(folder, () -> image, NODE);
            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
                while (Files.exists(dir.resolve("orders-0"))) LockSupport.parkNanos(1_000_000);
            });
            assertEquals(
                    List.of(bills), folder.found().stream().map(Found::topicId).toList());
        }
    }

    private static LogFolder folder(Path dir) throws IOException {
        var tools = FolderTools.real(new FileDisk(), new SystemClock(), Metrics.NONE, FolderLimits.USUAL);
        return LogFolder.open(dir, new Identity("cluster", NODE), tools);
    }

    private static void make(LogFolder folder, String topic, Uuid id) throws InterruptedException {
        var outcome = new LinkedBlockingQueue<Opened>();
        folder.open(id, topic, 0, LogConfig.from(ConfigValues.of(Map.of())), Runnable::run, outcome::add);
        assertInstanceOf(Opened.Ready.class, outcome.take());
    }
}
