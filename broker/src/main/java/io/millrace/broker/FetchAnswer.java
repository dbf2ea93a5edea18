package io.millrace.broker;

import io.millrace.broker.FetchRun.Outcome;
import io.millrace.replica.ReadResult;
import io.millrace.wire.PlacedRecords;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Says what a fetch came to. A later answer of a session leaves out the partitions of which there is
/// nothing new.
final class FetchAnswer {

    private FetchAnswer() {}

    static FetchResponseData of(Call call, @Nullable FetchSession session, List<Outcome> outcomes, boolean isFull) {
        var topics = new ArrayList<FetchableTopicResponse>();
        FetchableTopicResponse topic = null;
        for (var outcome : outcomes) {
            if (!isWorthSaying(session, outcome, isFull)) continue;
            var key = outcome.position().key();
            if (topic == null
                    || !topic.topicId().equals(key.topicId())
                    || !topic.topic().equals(key.topic())) {
                topic = new FetchableTopicResponse().setTopic(key.topic()).setTopicId(key.topicId());
                topics.add(topic);
            }
            topic.partitions().add(partition(call, outcome));
        }
        return new FetchResponseData()
                .setSessionId(session == null ? 0 : session.id())
                .setResponses(topics);
    }

    private static boolean isWorthSaying(@Nullable FetchSession session, Outcome outcome, boolean isFull) {
        return switch (outcome.result()) {
            case ReadResult.Refused _ -> {
                outcome.position().tellError();
                yield true;
            }
            case ReadResult.Records records -> {
                boolean isNew = outcome.position().tell(records.highWatermark(), records.logStartOffset());
                if (records.slice() != null && session != null) session.moveToBack(outcome.position());
                yield isFull || isNew || records.slice() != null;
            }
        };
    }

    private static PartitionData partition(Call call, Outcome outcome) {
        var answer = new PartitionData()
                .setPartitionIndex(outcome.position().key().partition())
                .setPreferredReadReplica(-1);
        return switch (outcome.result()) {
            case ReadResult.Records records ->
                answer.setHighWatermark(records.highWatermark())
                        .setLastStableOffset(records.highWatermark())
                        .setLogStartOffset(records.logStartOffset())
                        .setAbortedTransactions(null)
                        .setRecords(
                                records.slice() == null
                                        ? MemoryRecords.EMPTY
                                        : new PlacedRecords(
                                                records.sizeBytes(),
                                                records.slice().place()));
            case ReadResult.Refused(var code, long highWatermark, long logStart) ->
                answer.setErrorCode(call.told(named(call, code)).code())
                        .setHighWatermark(highWatermark)
                        .setLastStableOffset(highWatermark)
                        .setLogStartOffset(logStart)
                        .setAbortedTransactions(null)
                        .setRecords(MemoryRecords.EMPTY);
        };
    }

    private static Errors named(Call call, Errors code) {
        return call.version() < FetchHandler.FIRST_VERSION_WITH_TOPIC_IDS ? PartitionLookup.byName(code) : code;
    }
}
