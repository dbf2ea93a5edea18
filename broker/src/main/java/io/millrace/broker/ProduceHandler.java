package io.millrace.broker;

import io.millrace.model.Promise;
import io.millrace.replica.AppendResult;
import io.millrace.replica.AppendResult.Appended;
import io.millrace.replica.AppendResult.Refused;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponseCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Produce, versions 3 to 13: put each batch in its partition, answer when `acks` is satisfied.
///
/// Partitions of other loops are visited once per loop. The bytes of the request are let go as soon as every
/// batch is in its log, which is before the answer when that has to wait for more.
final class ProduceHandler implements Handler<ProduceRequestData, ProduceResponseData> {

    private static final int FIRST_VERSION_WITH_TOPIC_IDS = 13;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// How long a producer waits to hear that the disk refused.
    private static final long REFUSAL_NS = 250_000_000;

    private final Shards shards;

    ProduceHandler(Shards shards) {
        this.shards = shards;
    }

    /// One batch on its way.
    private record Part(Uuid topic, int index, ByteBuffer records) {}

    /// The bytes of one request, let go when the last of its parts is done with them.
    private static final class SharedBytes implements Runnable {

        private final AtomicInteger users;
        private final Runnable release;

        SharedBytes(int users, Runnable release) {
            this.users = new AtomicInteger(users);
            this.release = release;
        }

        @Override
        public void run() {
            if (users.decrementAndGet() == 0) release.run();
        }
    }

    @Override
    public Promise<ProduceResponseData> handle(Call call, ProduceRequestData request) {
        short acks = request.acks();
        if (acks == 0) call.answerNothing();
        var parts = parts(call, request);
        var results = (acks < -1 || acks > 1)
                ? Promise.of(allRefused(parts, Errors.INVALID_REQUIRED_ACKS))
                : append(call, parts, acks);
        return results.flatMap(all -> unhurried(call, all)).map(all -> answer(call, request, all));
    }

    /// The results, some time later when a disk that is full or broken refused all of it: it still will when the
    /// producer comes back, and one that is refused at once comes back thousands of times a second. What was
    /// accepted beside it does not wait.
    private static Promise<List<AppendResult>> unhurried(Call call, List<AppendResult> results) {
        boolean isRefused = !results.isEmpty() && results.stream().allMatch(ProduceHandler::isForTheDisk);
        if (!isRefused || call.wantsNoAnswer()) return Promise.of(results);
        var later = new Promise<List<AppendResult>>();
        call.here().loop().later(REFUSAL_NS, () -> later.complete(results));
        return later;
    }

    private static boolean isForTheDisk(AppendResult result) {
        return result instanceof Refused(var code, var _) && code == Errors.KAFKA_STORAGE_ERROR;
    }

    private Promise<List<AppendResult>> append(Call call, List<Part> parts, short acks) {
        if (parts.isEmpty()) return Promise.of(List.of());
        var release = call.takeFrame();
        if (parts.size() == 1) {
            var part = parts.getFirst();
            return shards.on(
                            shards.owner(part.topic(), part.index()),
                            call.here(),
                            there -> append(there, part, acks, release),
                            () -> refused(Errors.NOT_LEADER_OR_FOLLOWER, release))
                    .map(List::of);
        }
        return appendMany(call, parts, acks, new SharedBytes(parts.size(), release));
    }

    private Promise<List<AppendResult>> appendMany(Call call, List<Part> parts, short acks, Runnable release) {
        var byShard = new ArrayList<Promise<List<AppendResult>>>();
        var placeOf = new ArrayList<List<Integer>>();
        for (var shard : shards.all()) {
            var places = new ArrayList<Integer>();
            for (int i = 0; i < parts.size(); i++) {
                if (shards.owner(parts.get(i).topic(), parts.get(i).index()) == shard) places.add(i);
            }
            if (places.isEmpty()) continue;
            placeOf.add(places);
            byShard.add(shards.on(
                    shard,
                    call.here(),
                    there -> Promise.all(places.stream()
                            .map(i -> append(there, parts.get(i), acks, release))
                            .toList()),
                    () -> places.stream()
                            .map(_ -> refused(Errors.NOT_LEADER_OR_FOLLOWER, release))
                            .toList()));
        }
        return Promise.all(byShard).map(lists -> {
            var results = new AppendResult[parts.size()];
            for (int s = 0; s < lists.size(); s++) {
                for (int i = 0; i < lists.get(s).size(); i++) {
                    results[placeOf.get(s).get(i)] = lists.get(s).get(i);
                }
            }
            return List.of(results);
        });
    }

    private static Promise<AppendResult> append(Shard shard, Part part, short acks, Runnable release) {
        var open = shard.open(part.topic(), part.index());
        if (open != null) return open.append(part.records(), acks, release);
        return shard.find(part.topic(), part.index()).flatMap(found -> switch (found) {
            case Shard.Found.Here(var partition) -> partition.append(part.records(), acks, release);
            case Shard.Found.NotHere(var code) -> Promise.of(refused(code, release));
        });
    }

    private static AppendResult refused(Errors code, Runnable release) {
        release.run();
        return new Refused(code, code.message());
    }

    private static List<Part> parts(Call call, ProduceRequestData request) {
        var parts = new ArrayList<Part>();
        for (var topic : request.topicData()) {
            var id = topicId(call, topic);
            for (var data : topic.partitionData()) parts.add(new Part(id, data.index(), records(data)));
        }
        return parts;
    }

    private static ByteBuffer records(PartitionProduceData data) {
        return data.records() instanceof MemoryRecords records ? records.buffer() : NOTHING;
    }

    /// The zero id, which no partition has, stands for a name that nobody knows.
    private static Uuid topicId(Call call, TopicProduceData topic) {
        if (call.version() >= FIRST_VERSION_WITH_TOPIC_IDS) return topic.topicId();
        return call.image().topic(topic.name()).map(known -> known.id()).orElse(Uuid.ZERO_UUID);
    }

    private static List<AppendResult> allRefused(List<Part> parts, Errors code) {
        return parts.stream()
                .<AppendResult>map(_ -> new Refused(code, code.message()))
                .toList();
    }

    private static ProduceResponseData answer(Call call, ProduceRequestData request, List<AppendResult> results) {
        var topics = new TopicProduceResponseCollection(request.topicData().size());
        boolean anyRefused = false;
        int next = 0;
        for (var topic : request.topicData()) {
            var answers = new ArrayList<PartitionProduceResponse>(
                    topic.partitionData().size());
            for (var data : topic.partitionData()) {
                var result = results.get(next++);
                anyRefused |= result instanceof Refused;
                answers.add(answer(call, data.index(), result));
            }
            topics.add(new TopicProduceResponse()
                    .setName(topic.name())
                    .setTopicId(topic.topicId())
                    .setPartitionResponses(answers));
        }
        if (anyRefused && call.wantsNoAnswer()) call.connection().close("a batch sent with acks=0 was refused");
        return new ProduceResponseData().setResponses(topics);
    }

    private static PartitionProduceResponse answer(Call call, int index, AppendResult result) {
        var answer = new PartitionProduceResponse().setIndex(index);
        return switch (result) {
            case Appended(var offsets, long appendTimeMs, long logStart) ->
                answer.setBaseOffset(offsets.first())
                        .setLogAppendTimeMs(appendTimeMs)
                        .setLogStartOffset(logStart);
            case Refused(var code, var reason) ->
                answer.setErrorCode(call.told(named(call, code)).code())
                        .setErrorMessage(reason)
                        .setBaseOffset(-1)
                        .setLogStartOffset(-1);
        };
    }

    private static Errors named(Call call, Errors code) {
        return call.version() < FIRST_VERSION_WITH_TOPIC_IDS ? PartitionLookup.byName(code) : code;
    }
}
