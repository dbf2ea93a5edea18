package io.millrace.broker;

import io.millrace.log.TimeLookup;
import io.millrace.model.Promise;
import io.millrace.model.record.RecordReader;
import io.millrace.replica.Partition;
import io.millrace.replica.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// ListOffsets, versions 1 to 11: the first, the next, the newest offset of a partition, or the first at a time.
///
/// Look-ups by time read the log, so they run on a file thread, two at a time for a connection. While too much waits
/// for the disk they are asked again until there is room.
final class ListOffsetsHandler implements Handler<ListOffsetsRequestData, ListOffsetsResponseData> {

    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    private static final int FIRST_VERSION_WITH_EPOCHS = 4;
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;
    private static final long AGAIN_NS = 10_000_000;

    private final PartitionLookup lookup;
    private final FileErrands files;
    private final RecordReader reader;

    ListOffsetsHandler(PartitionLookup lookup, FileErrands files, RecordReader reader) {
        this.lookup = lookup;
        this.files = files;
        this.reader = reader;
    }

    @Override
    public Promise<ListOffsetsResponseData> handle(Call call, ListOffsetsRequestData request) {
        var topics = new ArrayList<Promise<ListOffsetsTopicResponse>>();
        for (var topic : request.topics()) {
            var seen = new HashSet<Integer>();
            var twice = new HashSet<Integer>();
            topic.partitions().forEach(p -> {
                if (!seen.add(p.partitionIndex())) twice.add(p.partitionIndex());
            });
            var answers = topic.partitions().stream()
                    .map(wanted -> twice.contains(wanted.partitionIndex())
                            ? Promise.of(refused(call, wanted.partitionIndex(), Errors.INVALID_REQUEST))
                            : answer(call, topic.name(), wanted))
                    .toList();
            topics.add(Promise.all(answers)
                    .map(all ->
                            new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(all)));
        }
        return Promise.all(topics).map(all -> new ListOffsetsResponseData().setTopics(all));
    }

    private Promise<ListOffsetsPartitionResponse> answer(Call call, String topic, ListOffsetsPartition wanted) {
        int index = wanted.partitionIndex();
        var answer = needsLookUp(wanted.timestamp())
                ? call.client()
                        .lookUps()
                        .pass(() -> ask(call, topic, wanted), () -> refused(call, index, Errors.REQUEST_TIMED_OUT))
                : ask(call, topic, wanted);
        return answer.map(told -> call.version() < FIRST_VERSION_WITH_EPOCHS ? told.setLeaderEpoch(-1) : told);
    }

    private static boolean needsLookUp(long time) {
        return time >= 0 || time == MAX_TIMESTAMP;
    }

    private Promise<ListOffsetsPartitionResponse> ask(Call call, String topic, ListOffsetsPartition wanted) {
        int index = wanted.partitionIndex();
        return lookup.ask(
                call,
                topic,
                index,
                (there, partition) -> answer(call, there, partition, wanted),
                code -> refused(index, code));
    }

    /// On the partition's loop.
    private Promise<ListOffsetsPartitionResponse> answer(
            Call call, Shard there, Partition partition, ListOffsetsPartition wanted) {
        int index = wanted.partitionIndex();
        var wrong = partition.wrongEpoch(wanted.currentLeaderEpoch());
        if (wrong != Errors.NONE) return Promise.of(refused(call, index, wrong));

        long time = wanted.timestamp();
        if (time == LATEST) return Promise.of(at(partition, index, partition.highWatermark()));
        if (time == EARLIEST || time == EARLIEST_LOCAL) {
            return Promise.of(at(partition, index, partition.logStartOffset()));
        }
        if (time == LATEST_TIERED || time == EARLIEST_PENDING_UPLOAD) return Promise.of(nothing(index));
        if (!needsLookUp(time)) return Promise.of(refused(call, index, Errors.UNSUPPORTED_VERSION));
        var search = time == MAX_TIMESTAMP ? partition.newest(reader) : partition.firstAtOrAfter(time, reader);
        return find(call, there, index, search);
    }

    private Promise<ListOffsetsPartitionResponse> find(Call call, Shard there, int index, TimeLookup search) {
        return files.send(there, () -> look(call, index, search), () -> unreadable(call, index), _ -> {})
                .orElseGet(() -> {
                    var later = new Promise<ListOffsetsPartitionResponse>();
                    there.loop()
                            .later(
                                    AGAIN_NS,
                                    () -> find(call, there, index, search).then(later::complete));
                    return later;
                });
    }

    /// On a file thread.
    private static ListOffsetsPartitionResponse look(Call call, int index, TimeLookup search) {
        try {
            return search.find()
                    .map(found -> new ListOffsetsPartitionResponse()
                            .setPartitionIndex(index)
                            .setOffset(found.offset())
                            .setTimestamp(found.timestampMs())
                            .setLeaderEpoch(found.leaderEpoch()))
                    .orElseGet(() -> nothing(index));
        } catch (IOException | RecordReader.MalformedRecords e) {
            LOG.warn("a look-up by time failed", e);
            return unreadable(call, index);
        }
    }

    private static ListOffsetsPartitionResponse unreadable(Call call, int index) {
        return refused(call, index, Errors.KAFKA_STORAGE_ERROR);
    }

    private static ListOffsetsPartitionResponse at(Partition partition, int index, long offset) {
        int epoch = offset == partition.highWatermark()
                ? partition.state().leaderEpoch()
                : partition.epochs().epochOf(offset);
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(index)
                .setTimestamp(-1)
                .setOffset(offset)
                .setLeaderEpoch(epoch);
    }

    private static ListOffsetsPartitionResponse nothing(int index) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(index)
                .setTimestamp(-1)
                .setOffset(-1);
    }

    private static ListOffsetsPartitionResponse refused(Call call, int index, Errors code) {
        return refused(index, call.told(code));
    }

    private static ListOffsetsPartitionResponse refused(int index, Errors code) {
        return nothing(index).setErrorCode(code.code());
    }
}
