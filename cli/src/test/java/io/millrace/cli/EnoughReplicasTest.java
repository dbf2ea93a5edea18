package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/// What is looked up after the work is done cannot make it fail.
class EnoughReplicasTest {

    private static final Node NODE = new Node(1, "localhost", 9092);
    private static final TopicDescription ORDERS = new TopicDescription(
            "orders", false, List.of(new TopicPartitionInfo(0, NODE, List.of(NODE), List.of(NODE))));

    /// A cluster that tells nothing.
    private static final Admin REFUSES =
            (Admin) Proxy.newProxyInstance(Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (_, _, _) -> {
                throw new TopicAuthorizationException("no right to ask");
            });

    @Test
    void whatCannotBeFoundOutIsNoWarning() {
        assertEquals(Optional.empty(), EnoughReplicas.warning(REFUSES, ORDERS, null));
        assertEquals(Optional.empty(), EnoughReplicas.warning(REFUSES, "orders", "2"));
        assertEquals(Optional.empty(), EnoughReplicas.warning(REFUSES, ORDERS, "many"));
    }

    @Test
    void moreThanThereAreIsAWarning() {
        assertEquals(Optional.empty(), EnoughReplicas.warning(REFUSES, ORDERS, "1"));
        var said = EnoughReplicas.warning(REFUSES, ORDERS, " 2 ").orElseThrow();
        assertTrue(said.contains("orders has 1 replica, and its min.insync.replicas is 2"), said);
    }
}
