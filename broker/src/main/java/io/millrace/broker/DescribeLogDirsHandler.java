package io.millrace.broker;

import io.millrace.model.Promise;
import io.millrace.replica.Partition;
import io.millrace.replica.Shards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// DescribeLogDirs, versions 1 to 5: what lies on this node's disk, and how large it is.
final class DescribeLogDirsHandler implements Handler<DescribeLogDirsRequestData, DescribeLogDirsResponseData> {

    /// One partition as a shard tells it.
    private record Size(String topic, int partition, long bytes) {}

    private final Shards shards;
    private final Supplier<Desk.DataSpace> space;

    DescribeLogDirsHandler(Shards shards, Supplier<Desk.DataSpace> space) {
        this.shards = shards;
        this.space = space;
    }

    @Override
    public Promise<DescribeLogDirsResponseData> handle(Call call, DescribeLogDirsRequestData request) {
        var wanted = wanted(request);
        var sizes = shards.all().stream()
                .map(shard -> shards.on(
                        shard,
                        call.here(),
                        there -> Promise.of(there.partitions().stream()
                                .filter(partition -> isWanted(partition, wanted))
                                .map(p -> new Size(p.topic(), p.id().index(), p.sizeBytes()))
                                .toList()),
                        List::<Size>of))
                .toList();
        return Promise.all(sizes).map(this::answer);
    }

    private static @Nullable Map<String, Set<Integer>> wanted(DescribeLogDirsRequestData request) {
        if (request.topics() == null) return null;
        var wanted = new HashMap<String, Set<Integer>>();
        request.topics()
                .forEach(topic -> wanted.computeIfAbsent(topic.topic(), _ -> new HashSet<>())
                        .addAll(topic.partitions()));
        return wanted;
    }

    private static boolean isWanted(Partition partition, @Nullable Map<String, Set<Integer>> wanted) {
        return wanted == null
                || wanted.getOrDefault(partition.topic(), Set.of())
                        .contains(partition.id().index());
    }

    private DescribeLogDirsResponseData answer(List<List<Size>> sizes) {
        var topics = new TreeMap<String, DescribeLogDirsTopic>();
        for (var ofShard : sizes) {
            for (var size : ofShard) {
                topics.computeIfAbsent(size.topic(), name -> new DescribeLogDirsTopic().setName(name))
                        .partitions()
                        .add(new DescribeLogDirsPartition()
                                .setPartitionIndex(size.partition())
                                .setPartitionSize(size.bytes())
                                .setOffsetLag(0)
                                .setIsFutureKey(false));
            }
        }
        var place = space.get();
        var result = new DescribeLogDirsResult()
                .setErrorCode(Errors.NONE.code())
                .setLogDir(place.path())
                .setTopics(new ArrayList<>(topics.values()))
                .setTotalBytes(place.totalBytes())
                .setUsableBytes(place.usableBytes());
        return new DescribeLogDirsResponseData().setResults(List.of(result));
    }
}
