package io.millrace.node;

import io.millrace.broker.ApiTable;
import io.millrace.broker.ConfigView;
import io.millrace.broker.Desk;
import io.millrace.broker.Groups;
import io.millrace.broker.KafkaDoor;
import io.millrace.http.HttpDoor;
import io.millrace.http.PrometheusMetrics;
import io.millrace.log.FileDisk;
import io.millrace.log.Identity;
import io.millrace.log.LogFolder;
import io.millrace.metadata.CatalogueRules;
import io.millrace.metadata.Controller;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.metadata.Endpoint;
import io.millrace.metadata.Topic;
import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.model.config.ListenerSpec;
import io.millrace.model.config.Listeners.Advertised;
import io.millrace.net.Loop;
import io.millrace.net.Loops;
import io.millrace.quorum.Quorum;
import io.millrace.quorum.RatisMetadataLog;
import io.millrace.replica.Codecs;
import io.millrace.replica.Hosting;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import io.millrace.wire.KafkaBatchPacker;
import io.millrace.wire.KafkaRecordReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node, built floor by floor; the order of [#open] is the order of building.
///
/// First the hands: folder and loops. Then the metadata quorum, and this node's own entry in it. Then the
/// partitions
/// that the image gives it, and the groups that live on them. The Kafka door comes last, so that nobody is
/// let in
/// before there is something to answer with, and no partition is led under an epoch from before this start.
/// Closing
/// goes the other way.
final class House implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(House.class);

    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    /// Recovery of a large folder takes as long as it takes; the web door says meanwhile what is waited for.
    private static final Duration RECOVERY_LIMIT = Duration.ofDays(1);

    private final Plan plan;
    private final Undo undo;
    private final List<Bound> bound;
    private final String http;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /// A listener and the port it has: the one asked for, or a free one.
    private record Bound(ListenerSpec spec, InetSocketAddress address) {}

    private House(Plan plan, Undo undo, List<Bound> bound, String http) {
        this.plan = plan;
        this.undo = undo;
        this.bound = bound;
        this.http = http;
    }

    /// Builds a node and opens its doors.
    ///
    /// @param texts settings by name, checked before
    /// @throws StartRefused when something is in the way; nothing is left running then
    static House open(Map<String, String> texts, Clock clock) throws StartRefused, InterruptedException {
        var undo = new Undo();
        try {
            return open(Plan.of(texts), clock, undo);
        } catch (StartRefused | InterruptedException | RuntimeException e) {
            undo.close();
            throw e;
        }
    }

    private static House open(Plan plan, Clock clock, Undo undo) throws StartRefused, InterruptedException {
        var bound = bind(plan);
        var metrics = new PrometheusMetrics();
        var progress = new Progress();
        var http = openHttp(plan, metrics, progress, undo);

        DataFolder.make(plan.dataFolder());
        var disk = new FileDisk();
        var identity = identity(plan, disk);
        var folder = undo.later(openFolder(plan, identity, disk, clock, metrics));
        var loops = undo.later(Loops.start(plan.loops(), clock, plan.netLimits(), metrics));
        progress.at("metadata");
        var quorum = undo.later(openQuorum(plan, identity, loops.get(0), clock));
        register(plan, bound, quorum, loops.get(0));

        progress.at("partitions");
        var reader = new KafkaRecordReader(plan.maxUnpackedBytes());
        var configs = new ConfigView(plan.nodeId(), plan.layers());
        var codecs = new Codecs(reader, new KafkaBatchPacker(reader));
        var hosting = new Hosting(plan.nodeId(), folder, codecs, clock, metrics, configs::topicValues);
        var shards = shards(loops, hosting);
        undo.later(() -> leave(shards));
        var groups = new Groups(hosting, shards, plan.groupSettings());
        undo.later(() -> onAll(shards, shard -> groups.leave(shard)));
        follow(shards, quorum, groups);
        retain(shards, plan.retentionCheck());
        awaitPartitions(shards, quorum);

        progress.at("listeners");
        var desk = new Desk(hosting, shards, quorum, groups, configs, space(plan), plan.requestLimits());
        var door = new KafkaDoor(new ApiTable(desk), shards, clock, metrics);
        for (var one : bound) undo.later(listen(loops, one, door));
        progress.done();
        LOG.info("node {} of cluster {} is ready", plan.nodeId(), identity.clusterId());
        return new House(plan, undo, bound, http);
    }

    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) return;
        LOG.info("node {} stops", plan.nodeId());
        undo.close();
        LOG.info("node {} has stopped", plan.nodeId());
    }

    /// Where clients on this machine connect.
    String bootstrap() {
        return ready().local();
    }

    /// What is where.
    Ready ready() {
        var clients = bound.stream().map(one -> text(one.address())).toList();
        var first = bound.getFirst().address();
        boolean isEverywhere = first.getAddress().isAnyLocalAddress();
        var local = isEverywhere ? "127.0.0.1:" + first.getPort() : clients.getFirst();
        return new Ready(Version.own(), clients, local, http, plan.dataFolder());
    }

    private static String openHttp(Plan plan, PrometheusMetrics metrics, Progress progress, Undo undo)
            throws StartRefused {
        var at = plan.http();
        if (at.isEmpty()) return "";
        try {
            var door = undo.later(HttpDoor.open(at.get().host(), at.get().port(), metrics, progress));
            return text(door.address());
        } catch (IOException e) {
            throw new StartRefused(String.valueOf(e.getMessage()), e);
        }
    }

    /// Whose data lies in the folder; a new folder begins a new cluster.
    private static Identity identity(Plan plan, FileDisk disk) throws StartRefused {
        var dir = plan.dataFolder();
        try {
            var known = LogFolder.identity(dir, disk);
            if (known.isEmpty()) return new Identity(Uuid.randomUuid().toString(), plan.nodeId());
            if (known.get().nodeId() == plan.nodeId()) return known.get();
            throw StartRefused.because(
                    "the data in %s belongs to node %d, not to node %d: set node.id=%1$s or choose another --data"
                            .formatted(dir, known.get().nodeId(), plan.nodeId()));
        } catch (IOException e) {
            throw DataFolder.refused(dir, e);
        }
    }

    private static LogFolder openFolder(
            Plan plan, Identity identity, FileDisk disk, Clock clock, PrometheusMetrics metrics) throws StartRefused {
        try {
            return LogFolder.open(plan.dataFolder(), disk, clock, metrics, identity);
        } catch (IOException e) {
            throw DataFolder.refused(plan.dataFolder(), e);
        }
    }

    private static Quorum openQuorum(Plan plan, Identity identity, Loop loop, Clock clock) throws StartRefused {
        try {
            var dir = plan.dataFolder().resolve("metadata");
            var log = new RatisMetadataLog(dir, identity.clusterId(), plan.nodeId());
            var controller = new Controller(new CatalogueRules());
            return Quorum.start(log, controller, identity.clusterId(), loop, clock, START_LIMIT);
        } catch (IOException e) {
            throw new StartRefused("the metadata log cannot be opened: " + e.getMessage(), e);
        }
    }

    /// Says in the metadata log where this start of the node is reached. From here on its partitions have
    /// new epochs.
    private static void register(Plan plan, List<Bound> bound, Quorum quorum, Loop loop)
            throws StartRefused, InterruptedException {
        var endpoints = new ArrayList<Endpoint>();
        for (int i = 0; i < bound.size(); i++) {
            endpoints.add(endpoint(bound.get(i), plan.listeners().advertised().get(i)));
        }
        var command = new RegisterNode(plan.nodeId(), Uuid.randomUuid(), plan.rack(), endpoints);
        var answer = await(loop, () -> quorum.ask(command, loop), "the metadata quorum to take this node in");
        if (answer instanceof ControllerAnswer.Refused(var code, var message)) {
            throw StartRefused.because("the metadata quorum refuses this node: %s (%s)".formatted(message, code));
        }
    }

    private static Endpoint endpoint(Bound one, Advertised advertised) {
        var host = advertised.host().isEmpty() ? hostName() : advertised.host();
        int port = advertised.port() == 0 ? one.address().getPort() : advertised.port();
        return new Endpoint(
                advertised.listener(), host, port, one.spec().protocol().name());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (IOException e) {
            LOG.warn("this machine's name is not known, clients are told 127.0.0.1; set advertised.listeners", e);
            return "127.0.0.1";
        }
    }

    private static Shards shards(Loops loops, Hosting hosting) {
        var all = new ArrayList<Shard>();
        for (int i = 0; i < loops.count(); i++) all.add(new Shard(loops.get(i), hosting));
        var shards = new Shards(all);
        all.forEach(shard -> shard.join(shards));
        return shards;
    }

    /// Brings every new image to every loop, as a message.
    private static void follow(Shards shards, Quorum quorum, Groups groups) {
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

    private static void retain(Shards shards, Duration every) {
        for (var shard : shards.all()) shard.loop().execute(() -> retainLater(shard, every));
    }

    private static void retainLater(Shard shard, Duration every) {
        shard.loop().later(every.toNanos(), () -> shard.retain(() -> retainLater(shard, every)));
    }

    private static void awaitPartitions(Shards shards, Quorum quorum) throws StartRefused, InterruptedException {
        var image = quorum.image();
        var ids = image.topics().stream().map(Topic::id).toList();
        for (var shard : shards.all()) {
            await(
                    shard.loop(),
                    () -> shard.whenAt(image.index()).flatMap(_ -> shard.whenOpen(ids)),
                    "the partitions to be opened",
                    RECOVERY_LIMIT);
        }
    }

    private static Supplier<Desk.DataSpace> space(Plan plan) {
        var dir = plan.dataFolder().toAbsolutePath().normalize();
        return () -> {
            try {
                var store = Files.getFileStore(dir);
                return new Desk.DataSpace(dir.toString(), store.getTotalSpace(), store.getUsableSpace());
            } catch (IOException e) {
                LOG.warn("the space on {} cannot be told", dir, e);
                return new Desk.DataSpace(dir.toString(), -1, -1);
            }
        };
    }

    /// Settles on addresses before anything is built: a port that is taken is told at once.
    private static List<Bound> bind(Plan plan) throws StartRefused {
        var bound = new ArrayList<Bound>();
        for (var spec : plan.listeners().open()) {
            var host = spec.at().host();
            var address = host.isEmpty()
                    ? new InetSocketAddress(spec.at().port())
                    : new InetSocketAddress(host, spec.at().port());
            if (address.isUnresolved()) {
                throw StartRefused.because("listener %s: host %s is not known".formatted(spec.name(), host));
            }
            try (var probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(address);
                bound.add(new Bound(spec, new InetSocketAddress(address.getAddress(), probe.getLocalPort())));
            } catch (IOException e) {
                throw taken(address, e);
            }
        }
        return bound;
    }

    private static AutoCloseable listen(Loops loops, Bound one, KafkaDoor door) throws StartRefused {
        try {
            return loops.listen(one.address(), one.spec().name(), door);
        } catch (IOException e) {
            throw taken(one.address(), e);
        }
    }

    private static StartRefused taken(InetSocketAddress address, IOException e) {
        return new StartRefused(
                "cannot listen on %s (%s): is another broker running there? Stop it, or choose another --listen"
                        .formatted(text(address), e.getMessage()),
                e);
    }

    private static String text(InetSocketAddress address) {
        var host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static void leave(Shards shards) {
        onAll(shards, Shard::leave);
    }

    private static void onAll(Shards shards, java.util.function.Consumer<Shard> work) {
        for (var shard : shards.all()) {
            try {
                await(
                        shard.loop(),
                        () -> {
                            work.accept(shard);
                            return Promise.of(true);
                        },
                        "a loop to let go of its partitions");
            } catch (StartRefused e) {
                LOG.warn("going on without waiting: {}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// Does `work` on a loop and waits, on this thread, for what it promises.
    private static <T> T await(Loop loop, Supplier<Promise<T>> work, String what)
            throws StartRefused, InterruptedException {
        return await(loop, work, what, START_LIMIT);
    }

    private static <T> T await(Loop loop, Supplier<Promise<T>> work, String what, Duration limit)
            throws StartRefused, InterruptedException {
        var future = new CompletableFuture<T>();
        loop.execute(() -> {
            try {
                work.get().then(future::complete);
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        });
        try {
            return future.get(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new StartRefused("waiting for %s failed: %s".formatted(what, e.getCause()), e);
        } catch (TimeoutException e) {
            throw new StartRefused("waited %d s for %s".formatted(limit.toSeconds(), what), e);
        }
    }
}
