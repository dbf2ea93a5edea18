package io.millrace.replica;

import io.millrace.model.Promise;
import io.millrace.net.Loop;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All shards of this node, and the one place where work crosses from one loop to another.
///
/// Each piece of work crosses at most twice: once to the loop that owns the partition, once back with the
/// answer. When the partition lives on this loop, it does not cross at all.
public final class Shards {

    private static final Logger LOG = LoggerFactory.getLogger(Shards.class);

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
    ///
    /// @param ended what to say when the node goes away and the loop of `there` has ended: nobody works there
    ///              any more. Should the caller's own loop end first, nobody waits for the answer.
    public <T> Promise<T> on(Shard there, Shard here, Function<Shard, Promise<T>> work, Supplier<T> ended) {
        if (there == here) return work.apply(here);

        var answer = new Promise<T>();
        boolean isGiven = tell(there, () -> work.apply(there).then(value -> tell(here, () -> answer.complete(value))));
        return isGiven ? answer : Promise.of(ended.get());
    }

    /// Puts `work` into the mailbox of another shard's loop, from any thread.
    ///
    /// @return false when that loop has ended, and the work will never be done
    public static boolean tell(Shard there, Runnable work) {
        try {
            there.loop().execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug(
                    "loop {} had ended before something reached it",
                    there.loop().index());
            return false;
        }
    }
}
