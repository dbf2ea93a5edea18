package io.millrace.node;

import io.millrace.broker.ApiTable;
import io.millrace.broker.ConfigView;
import io.millrace.broker.Desk;
import io.millrace.broker.Groups;
import io.millrace.broker.KafkaDoor;
import io.millrace.disk.FileDisk;
import io.millrace.http.PrometheusMetrics;
import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.LogFolder;
import io.millrace.metadata.CatalogueRules;
import io.millrace.metadata.Controller;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.model.Clock;
import io.millrace.net.Loop;
import io.millrace.net.Loops;
import io.millrace.quorum.Quorum;
import io.millrace.quorum.RatisMetadataLog;
import io.millrace.replica.CleaningRounds;
import io.millrace.replica.Codecs;
import io.millrace.replica.Hosting;
import io.millrace.replica.ScrubRounds;
import io.millrace.replica.Shard;
import io.millrace.wire.KafkaBatchFilter;
import io.millrace.wire.KafkaBatchPacker;
import io.millrace.wire.KafkaRecordReader;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node, built floor by floor; the order of [#open] is the order of building.
///
/// First the hands: folder and loops. Then the metadata quorum, and this node's own entry in it. Then
/// the partitions that the image gives it, and the groups that live on them. The Kafka door comes last,
/// so that nobody is let in before there is something to answer with, and no partition is led under an
/// epoch from before this start. The web door needs nobody and opens beside it all. Closing goes the
/// other way.
final class House implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(House.class);

    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final Plan plan;
    private final Undo undo;
    private final Doors doors;
    private final String http;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private House(Plan plan, Undo undo, Doors doors, String http) {
        this.plan = plan;
        this.undo = undo;
        this.doors = doors;
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
        var doors = Doors.settle(plan.listeners().open());
        var metrics = new PrometheusMetrics();
        var progress = new Progress();
        var web = undo.later(WebDoor.open(plan.http(), metrics, progress));

        DataFolder.make(plan.dataFolder());
        var disk = new FileDisk();
        var identity = identity(plan, disk);
        var folder = undo.later(openFolder(plan, identity, disk, clock, metrics));
        var loops = undo.later(Loops.start(plan.loops(), clock, plan.netLimits(), metrics));
        progress.at("metadata");
        var quorum = undo.later(openQuorum(plan, identity, loops.get(0), clock));
        register(plan, doors, quorum, loops.get(0));

        progress.at("listeners");
        var reader = new KafkaRecordReader(plan.maxUnpackedBytes());
        var configs = new ConfigView(plan.nodeId(), plan.layers());
        var codecs = new Codecs(reader, new KafkaBatchPacker(reader), new KafkaBatchFilter(reader));
        var hosting =
                new Hosting(plan.nodeId(), folder, codecs, clock, metrics, configs::topicValues, configs::serverValues);
        var shards = Partitions.on(loops, hosting);
        undo.later(() -> Partitions.leave(shards, Shard::leave));
        var groups = new Groups(hosting, shards, plan.groupSettings());
        undo.later(() -> Partitions.leave(shards, groups::leave));
        Partitions.follow(shards, quorum, groups);
        Partitions.retain(shards, plan.retentionCheck());
        Partitions.rest(shards);
        Partitions.await(shards, quorum);
        new CleaningRounds(shards, hosting).begin();
        new ScrubRounds(shards, hosting).begin();
        var desk = new Desk(hosting, shards, quorum, groups, configs, space(plan), plan.requestLimits());
        undo.later(doors.open(loops, new KafkaDoor(new ApiTable(desk), shards, clock, metrics)));
        var http = web.address();
        progress.at("partitions");
        Partitions.whenOpen(shards, quorum, () -> {
            progress.done();
            LOG.info("node {} of cluster {} is ready", plan.nodeId(), identity.clusterId());
            Strays.tidy(folder, quorum::image, plan.nodeId());
        });
        return new House(plan, undo, doors, http);
    }

    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) return;
        LOG.info("node {} stops", plan.nodeId());
        undo.close();
        LOG.info("node {} has stopped", plan.nodeId());
    }

    /// What is where.
    Ready ready() {
        return new Ready(Version.own(), doors.addresses(), doors.local(), http, plan.dataFolder());
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
            var limits = FolderLimits.USUAL.withReserve(plan.reserveBytes()).withOpenFiles(plan.openLogFiles());
            return LogFolder.open(plan.dataFolder(), identity, FolderTools.real(disk, clock, metrics, limits));
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

    /// Says in the metadata log where this start of the node is reached. From here on its partitions
    /// have new epochs.
    private static void register(Plan plan, Doors doors, Quorum quorum, Loop loop)
            throws StartRefused, InterruptedException {
        var command = new RegisterNode(plan.nodeId(), Uuid.randomUuid(), plan.rack(), doors.endpoints(plan));
        var what = "the metadata quorum to take this node in";
        var answer = OnLoop.await(loop, () -> quorum.ask(command, loop), what, START_LIMIT);
        if (answer instanceof ControllerAnswer.Refused(var code, var message)) {
            throw StartRefused.because("the metadata quorum refuses this node: %s (%s)".formatted(message, code));
        }
    }

    private static Supplier<Desk.DataSpace> space(Plan plan) {
        var dir = plan.dataFolder();
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
}
