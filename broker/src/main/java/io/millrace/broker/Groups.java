package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupCommand;
import io.millrace.coordinator.group.GroupSettings;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.Topic;
import io.millrace.metadata.TopicName;
import io.millrace.model.Promise;
import io.millrace.replica.Hosting;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// The groups of this node: one [GroupShard] for every partition of `__consumer_offsets` that it leads,
/// on the loop of that partition.
///
/// A group lives where the hash of its name says, as with Kafka; the number of partitions never changes.
public final class Groups implements GroupShards {

    private static final long LAG_EVERY_NS = 5_000_000_000L;

    private final Shards shards;
    private final int nodeId;
    private final GroupShard.Setup setup;
    private final List<OfLoop> ofLoops = new ArrayList<>();

    /// The groups of one loop; touched there only.
    private static final class OfLoop {

        final Map<Integer, GroupShard> hosted = new HashMap<>();
        final GroupLag lag;

        OfLoop(GroupLag lag) {
            this.lag = lag;
        }
    }

    public Groups(Hosting host, Shards shards, GroupSettings settings) {
        this.nodeId = host.nodeId();
        this.shards = shards;
        this.setup = new GroupShard.Setup(
                settings, host.codecs().reader(), new ColdReads(FileErrands.of(host)), host.clock());
        var measured = new AtomicInteger();
        for (var shard : shards.all()) {
            ofLoops.add(new OfLoop(
                    new GroupLag(shards, shard, FileErrands.of(host), host.clock(), host.metrics(), measured)));
            shard.loop().execute(() -> measureLater(shard));
        }
    }

    /// On the shard's loop, after it has followed a new image: takes up what this node leads now, lets
    /// go of what it does not lead any more, and forgets positions in topics that were deleted.
    public void follow(Shard shard, ClusterImage before) {
        var hosted = of(shard).hosted;
        var now = shard.image();
        var offsets = now.topic(TopicName.CONSUMER_OFFSETS);
        for (int index : List.copyOf(hosted.keySet())) {
            var host = hosted.get(index);
            if (host != null && !(offsets.isPresent() && leads(offsets.get(), index, host.epoch()))) {
                hosted.remove(index);
                host.close(Errors.NOT_COORDINATOR);
            }
        }
        if (offsets.isEmpty()) return;
        for (int index = 0; index < offsets.get().partitions().size(); index++) {
            if (shards.owner(offsets.get().id(), index) != shard) continue;
            var state = offsets.get().partitions().get(index);
            if (state.leader() != nodeId || hosted.containsKey(index)) continue;
            hosted.put(index, GroupShard.load(shard, offsets.get().id(), index, state.leaderEpoch(), setup));
        }
        for (var gone : now.since(before).deleted()) {
            hosted.values().forEach(host -> host.tell(new GroupCommand.TopicDeleted(gone.name(), gone.id())));
        }
    }

    private boolean leads(Topic offsets, int index, int epoch) {
        var state = offsets.partitions().get(index);
        return state.leader() == nodeId && state.leaderEpoch() == epoch;
    }

    /// On the shard's loop: the node goes away.
    public void leave(Shard shard) {
        var hosted = of(shard).hosted;
        hosted.values().forEach(host -> host.close(Errors.NOT_COORDINATOR));
        hosted.clear();
        of(shard).lag.forgetAll();
    }

    @Override
    public Promise<GroupAnswer> ask(Shard here, String group, LongFunction<GroupCommand> command) {
        var offsets = here.image().topic(TopicName.CONSUMER_OFFSETS);
        if (offsets.isEmpty()) return Promise.of(new GroupAnswer.Refused(Errors.NOT_COORDINATOR));
        int index = partitionOf(group, offsets.get().partitions().size());
        Supplier<GroupAnswer> nobody = () -> new GroupAnswer.Refused(Errors.NOT_COORDINATOR);
        return shards.on(
                shards.owner(offsets.get().id(), index),
                here,
                there -> {
                    var host = hosted(there, offsets.get().id(), index);
                    return host == null ? Promise.of(nobody.get()) : host.ask(command);
                },
                nobody);
    }

    /// The groups of a partition, loaded again when it had to be opened again; null when they are
    /// not here.
    private @Nullable GroupShard hosted(Shard there, Uuid topic, int index) {
        var hosted = of(there).hosted;
        var host = hosted.get(index);
        if (host == null || !host.isOutlived(topic)) return host;
        var next = GroupShard.load(there, topic, index, host.epoch(), setup);
        hosted.put(index, next);
        return next;
    }

    @Override
    public Promise<List<GroupAnswer>> askAll(Shard here, LongFunction<GroupCommand> command) {
        var answers = shards.all().stream()
                .map(shard -> shards.on(
                        shard,
                        here,
                        there -> Promise.all(of(there).hosted.values().stream()
                                .map(host -> host.ask(command))
                                .toList()),
                        List::<GroupAnswer>of))
                .toList();
        return Promise.all(answers)
                .map(lists -> lists.stream().flatMap(List::stream).toList());
    }

    /// Which partition of `__consumer_offsets` a group lives on; Kafka's own rule, so that both find the
    /// same place.
    static int partitionOf(String group, int partitions) {
        return Utils.abs(group.hashCode()) % partitions;
    }

    private OfLoop of(Shard shard) {
        return ofLoops.get(shard.loop().index());
    }

    private void measureLater(Shard shard) {
        shard.loop().later(LAG_EVERY_NS, () -> {
            measureLater(shard);
            of(shard).lag.look(of(shard).hosted.values());
        });
    }
}
