package io.millrace.broker;

import io.millrace.model.Promise;
import io.millrace.replica.Partition;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;

/// The way from a topic's name and a partition's number to the partition, on whichever loop it lives.
final class PartitionLookup {

    private final Shards shards;

    PartitionLookup(Shards shards) {
        this.shards = shards;
    }

    /// Asks the partition on its own loop, and brings the answer to the caller's.
    ///
    /// @param here    what to do with the partition
    /// @param nowhere what to say when it is not here; the code is one that clients who name topics by name know
    <A> Promise<A> ask(
            Call call,
            String topic,
            int index,
            BiFunction<Shard, Partition, Promise<A>> here,
            Function<Errors, A> nowhere) {
        var known = call.image().topic(topic);
        if (known.isEmpty()) return Promise.of(nowhere.apply(call.told(Errors.UNKNOWN_TOPIC_OR_PARTITION)));
        var id = known.get().id();
        return shards.on(
                shards.owner(id, index),
                call.here(),
                there -> there.find(id, index).flatMap(found -> switch (found) {
                    case Shard.Found.Here(var partition) -> here.apply(there, partition);
                    case Shard.Found.NotHere(var code) -> Promise.of(nowhere.apply(call.told(byName(code))));
                }),
                () -> nowhere.apply(call.told(Errors.NOT_LEADER_OR_FOLLOWER)));
    }

    /// Clients that name topics by name do not know the code for an unknown id.
    static Errors byName(Errors code) {
        return code == Errors.UNKNOWN_TOPIC_ID ? Errors.UNKNOWN_TOPIC_OR_PARTITION : code;
    }
}
