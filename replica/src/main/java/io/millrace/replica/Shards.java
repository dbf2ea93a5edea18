package io.millrace.replica;

import io.millrace.model.Promise;
import io.millrace.net.Loop;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;

/// All shards of this node, and the one place where work crosses from one loop to another.
///
/// Each piece of work crosses at most twice: once to the loop that owns the partition, once back with the
/// answer. When the partition lives on this loop, it does not cross at all.
public final class Shards {

    private final List<Shard> all;

    /// @param all by the index of their loops
    public Shards(List<Shard> all) {
        this.all = List.copyOf(all);
    }

    public List<Shard> all() {
        return all;
    }

    /// The shard of `loop`.
    public Shard of(Loop loop) {
        return all.get(loop.index());
    }

    /// The shard that owns a partition: fixed for the life of the process, and even over the partitions of
    /// a topic.
    public Shard owner(Uuid topic, int partition) {
        return all.get(Math.floorMod(topic.hashCode() + partition, all.size()));
    }

    /// Does `work` on the loop of `there`, and keeps the promise on the loop of `here`, where the caller is.
    public <T> Promise<T> on(Shard there, Shard here, Function<Shard, Promise<T>> work) {
        if (there == here) return work.apply(here);

        var answer = new Promise<T>();
        there.loop().execute(() -> work.apply(there).then(value -> here.loop().execute(() -> answer.complete(value))));
        return answer;
    }
}
