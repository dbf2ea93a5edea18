package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.log.Found;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.PartitionState;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

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
}
