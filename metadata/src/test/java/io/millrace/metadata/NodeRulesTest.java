package io.millrace.metadata;

import static io.millrace.metadata.Asked.topic;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.millrace.metadata.ControllerAnswer.Done;
import io.millrace.metadata.ControllerAnswer.ProducerIds;
import io.millrace.metadata.ControllerAnswer.Refused;
import io.millrace.metadata.ControllerCommand.AllocateProducerIds;
import io.millrace.metadata.ControllerCommand.CreateCluster;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class NodeRulesTest {

    private final Asked cluster = Asked.withNodes(1, 2);

    @Test
    void aRestartedNodeNeverLeadsUnderAnEpochFromBefore() {
        cluster.ask(new CreateTopics(
                List.of(topic("orders", 2, 2), topic("bills", 1, 1)), new TopicDefaults(4, -1), 0, false));
        assertEquals(List.of(0, 0), leaderEpochs("orders"));

        cluster.ask(new RegisterNode(1, Uuid.ONE_UUID, "", List.of()));
        assertEquals(List.of(1, 0), leaderEpochs("orders"));
        assertEquals(List.of(1), leaderEpochs("bills"));
        assertEquals(
                1,
                cluster.image()
                        .topic("orders")
                        .orElseThrow()
                        .partitions()
                        .get(0)
                        .partitionEpoch());

        cluster.ask(new RegisterNode(2, Uuid.ONE_UUID, "", List.of()));
        assertEquals(List.of(1, 1), leaderEpochs("orders"));
    }

    @Test
    void theSameIncarnationMayRegisterAgain() {
        cluster.ask(new CreateTopics(List.of(topic("orders", 1, 1)), new TopicDefaults(4, -1), 0, false));
        var endpoint = new Endpoint("EXTERNAL", "example.org", 9094, "SSL");
        cluster.ask(new RegisterNode(1, new Uuid(1, 1), "rack", List.of(endpoint)));
        assertEquals(List.of(0), leaderEpochs("orders"));
        var node = cluster.image().node(1).orElseThrow();
        assertEquals("rack", node.rack());
        assertEquals(endpoint, node.endpoint("EXTERNAL").orElseThrow());

        var again = cluster.decide(new RegisterNode(1, new Uuid(1, 1), "rack", List.of(endpoint)));
        assertEquals(List.of(), again.records());
    }

    @Test
    void aClusterBeginsOnce() {
        assertEquals(new Done(), cluster.ask(new CreateCluster("one")));
        assertEquals("one", cluster.image().clusterId());
        var refused = assertInstanceOf(Refused.class, cluster.ask(new CreateCluster("two")));
        assertEquals(Errors.INVALID_REQUEST, refused.code());
        assertEquals("one", cluster.image().clusterId());
    }

    @Test
    void producerIdsAreGivenOnce() {
        assertEquals(new ProducerIds(0, 1000), cluster.ask(new AllocateProducerIds(1)));
        assertEquals(new ProducerIds(1000, 1000), cluster.ask(new AllocateProducerIds(2)));
        assertEquals(
                new Refused(Errors.BROKER_ID_NOT_REGISTERED, "Broker ID 9 is not currently registered"),
                cluster.ask(new AllocateProducerIds(9)));
    }

    @Test
    void aNegativeNodeIsRefused() {
        assertInstanceOf(Refused.class, cluster.ask(new RegisterNode(-1, Uuid.ONE_UUID, "", List.of())));
    }

    private List<Integer> leaderEpochs(String topic) {
        return cluster.image().topic(topic).orElseThrow().partitions().stream()
                .map(PartitionState::leaderEpoch)
                .toList();
    }
}
