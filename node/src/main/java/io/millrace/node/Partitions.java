package io.millrace.node;

import io.millrace.broker.Groups;
import io.millrace.metadata.Topic;
import io.millrace.model.Promise;
import io.millrace.net.Loops;
import io.millrace.quorum.Quorum;
import io.millrace.replica.Hosting;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What goes on on every loop for as long as the node lives: its partitions follow the cluster, let go of what
/// is too old, and are compacted.
final class Partitions {

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private static final Duration LEAVE_LIMIT = Duration.ofMinutes(2);

    private static final Duration REST_EVERY = Duration.ofSeconds(1);
    private static final Duration REST_ON = Duration.ofMillis(50);
    private static final Duration FOLLOW_LIMIT = Duration.ofMinutes(5);

    private Partitions() {}

    /// A shard for every loop, each without partitions yet.
    static Shards on(Loops loops, Hosting hosting) {
        var all = new ArrayList<Shard>();
        for (int i = 0; i < loops.count(); i++) all.add(new Shard(loops.get(i), hosting));
        var shards = new Shards(all);
        all.forEach(shard -> shard.join(shards));
        hosting.metrics()
                .gauge(
                        "millrace_partitions_not_open",
                        "Partitions of this node that are not open yet; they are opened when somebody asks for them,"
                                + " and one after the other otherwise",
                        () -> all.stream().mapToLong(Shard::waitingToOpen).sum());
        return shards;
    }

    /// Brings every new image to every loop, as a message.
    static void follow(Shards shards, Quorum quorum, Groups groups) {
        for (var shard : shards.all()) shard.loop().execute(() -> follow(shard, quorum, groups, -1));
    }

    private static void follow(Shard shard, Quorum quorum, Groups groups, long seen) {
        quorum.after(seen, shard.loop()).then(image -> {
            var before = shard.image();
            try {
                shard.follow(image);
                groups.follow(shard, before);
            } catch (RuntimeException e) {
                LOG.error(
                        "loop {} could not follow the cluster to index {}",
                        shard.loop().index(),
                        image.index(),
                        e);
            }
            follow(shard, quorum, groups, image.index());
        });
    }

    /// Looks for what is too old or too much, now and then.
    static void retain(Shards shards, Duration every) {
        for (var shard : shards.all()) shard.loop().execute(() -> retainLater(shard, every));
    }

    private static void retainLater(Shard shard, Duration every) {
        shard.loop().later(every.toNanos(), () -> shard.retain(() -> retainLater(shard, every)));
    }

    /// Puts logs to rest that nobody writes to, some of them every now and then.
    static void rest(Shards shards) {
        for (var shard : shards.all()) shard.loop().execute(() -> restLater(shard, REST_EVERY));
    }

    private static void restLater(Shard shard, Duration after) {
        shard.loop().later(after.toNanos(), () -> restLater(shard, shard.rest() ? REST_ON : REST_EVERY));
    }

    /// Returns when every loop knows the newest image: from then on it answers for its partitions,
    /// waiting for those that are not open yet.
    static void await(Shards shards, Quorum quorum) throws StartRefused, InterruptedException {
        long index = quorum.image().index();
        for (var shard : shards.all()) {
            OnLoop.await(shard.loop(), () -> shard.whenAt(index), "the loops to learn of the cluster", FOLLOW_LIMIT);
        }
    }

    /// Runs `done`, on some loop, when every partition that the newest image gives this node is open or
    /// has failed to open.
    static void whenOpen(Shards shards, Quorum quorum, Runnable done) {
        var ids = quorum.image().topics().stream().map(Topic::id).toList();
        var left = new AtomicInteger(shards.all().size());
        for (var shard : shards.all()) {
            shard.loop()
                    .execute(() -> shard.whenOpen(ids).then(_ -> {
                        if (left.decrementAndGet() == 0) done.run();
                    }));
        }
    }

    /// Lets every loop do `work` and waits for it; one that does not come to it is not waited for.
    static void leave(Shards shards, Consumer<Shard> work) {
        for (var shard : shards.all()) {
            try {
                OnLoop.await(
                        shard.loop(),
                        () -> {
                            work.accept(shard);
                            return Promise.of(true);
                        },
                        "a loop to let go of its partitions",
                        LEAVE_LIMIT);
            } catch (StartRefused e) {
                LOG.warn("going on without waiting: {}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
