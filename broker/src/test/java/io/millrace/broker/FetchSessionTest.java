package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.junit.jupiter.api.Test;

class FetchSessionTest {

    private static final Uuid TOPIC = Uuid.randomUuid();

    @Test
    void partitionsAreAddedMovedAndForgotten() {
        var session = new FetchSession(1, true, 0);
        session.update(wants(0, 100).setTopics(List.of(topic(0, 100), topic(1, 200))));

        session.update(wants(0, 150));
        assertEquals(150, session.positions().getFirst().wanted().fetchOffset());
        assertEquals(2, session.size());

        session.update(new FetchRequestData()
                .setForgottenTopicsData(
                        List.of(new ForgottenTopic().setTopicId(TOPIC).setPartitions(List.of(0)))));
        assertEquals(1, session.positions().getFirst().key().partition());
    }

    @Test
    void whoeverGaveRecordsGoesToTheBack() {
        var session = new FetchSession(1, true, 0);
        session.update(new FetchRequestData().setTopics(List.of(topic(0, 0), topic(1, 0), topic(2, 0))));

        session.moveToBack(session.positions().getFirst());

        assertEquals(
                List.of(1, 2, 0),
                session.positions().stream().map(one -> one.key().partition()).toList());
    }

    @Test
    void onlyWhatIsNewIsWorthTelling() {
        var position = FetchSession.once(wants(0, 0)).getFirst();

        assertTrue(position.tell(10, 0));
        assertFalse(position.tell(10, 0));
        assertTrue(position.tell(11, 0));
        assertTrue(position.tell(11, 5));
    }

    @Test
    void epochsGoRoundPastZero() {
        var session = new FetchSession(1, true, 0);
        assertEquals(1, session.nextEpoch());
        for (int i = 0; i < 3; i++) session.advance(0);
        assertEquals(4, session.nextEpoch());
    }

    private static FetchRequestData wants(int partition, long offset) {
        return new FetchRequestData().setTopics(List.of(topic(partition, offset)));
    }

    private static FetchTopic topic(int partition, long offset) {
        return new FetchTopic()
                .setTopicId(TOPIC)
                .setPartitions(
                        List.of(new FetchPartition().setPartition(partition).setFetchOffset(offset)));
    }
}
