package io.millrace.sim;

import io.millrace.folder.CommitLimits;
import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.LogFolder;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.PartitionState;
import io.millrace.model.OffsetRange;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import io.millrace.replica.AppendResult;
import io.millrace.replica.Codecs;
import io.millrace.replica.Hosting;
import io.millrace.replica.Partition;
import io.millrace.replica.ReadResult;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import io.millrace.sim.SimProducer.Sent;
import io.millrace.wire.KafkaBatchFilter;
import io.millrace.wire.KafkaBatchPacker;
import io.millrace.wire.KafkaRecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A node with one partition, and idempotent producers who send fresh batches, and what they sent before,
/// while the node dies and starts again. Compares what was acknowledged with what the next process has:
///
/// - Whatever was acknowledged, as an original or as a repetition, is there, at the offsets that were named,
///   byte for byte; so is what readers were shown.
/// - No batch is there twice, and the batches of a producer are in order.
/// - A repetition is answered with the offsets of its original.
///
/// Everything follows from one seed. [#run] throws a [Violation] when a promise was not kept.
public final class RetryScenario {

    private static final Path DIR = Path.of("/data");
    private static final Identity IDENTITY = new Identity("sim", 1);
    private static final int MOST_STEPS = 120;
    private static final int NODE = 1;
    private static final Uuid ORDERS = new Uuid(3, 4);

    private final SplittableRandom random;
    private final SimClock clock = new SimClock();
    private final Lives lives;
    private final List<SimProducer> producers = new ArrayList<>();
    private final PlacedBatches batches = new PlacedBatches();
    private PartitionState state = PartitionState.begin(List.of(NODE));
    private long ids;

    /// The scenario of `seed`.
    public RetryScenario(long seed) {
        this(seed, null);
    }

    /// The same, telling `trace` what happens.
    public RetryScenario(long seed, @Nullable Consumer<String> trace) {
        this.random = new SplittableRandom(seed);
        this.lives = new Lives(random, clock, MOST_STEPS, true, trace);
        for (int id = 1 + random.nextInt(3); id > 0; id--) producers.add(new SimProducer(id, random));
    }

    /// @throws Violation when something does not hold that must
    public void run() {
        lives.live(new Node());
    }

    /// The node, one process after the other.
    private final class Node implements Lives.OneByOne {

        private final KafkaRecordReader reader = new KafkaRecordReader(1 << 20);
        private @Nullable Life life;

        private Life life() {
            var open = life;
            if (open == null) throw new IllegalStateException("the process has not begun");
            return open;
        }

        @Override
        public void begin(SimDisk disk, SimFileWork work) throws IOException {
            life = null;
            var commits = CrashSettings.commits(random);
            var folder = LogFolder.open(DIR, IDENTITY, tools(disk, work, commits));
            var loop = new SimLoop(clock);
            var codecs = new Codecs(reader, new KafkaBatchPacker(reader), new KafkaBatchFilter(reader));
            var values = ConfigValues.of(Map.of(
                    "durability", "fsync",
                    "index.interval.bytes", Integer.toString(random.nextInt(600)),
                    "segment.ms", Integer.toString(500 + random.nextInt(5_000))));
            var hosting = new Hosting(NODE, folder, codecs, clock, Metrics.NONE, (_, _) -> values, _ -> values);
            var shard = new Shard(loop, hosting);
            shard.join(new Shards(List.of(shard)));
            life = new Life(work, loop, folder, shard);
            life.begin();
        }

        private FolderTools tools(SimDisk disk, SimFileWork work, CommitLimits commits) {
            var limits = FolderLimits.USUAL.withReserve(0).withCommits(commits);
            return new FolderTools(disk, clock, Metrics.NONE, work, () -> new Uuid(77, ++ids), limits);
        }

        @Override
        public void step() throws IOException {
            life().step();
        }

        @Override
        public void meanwhile() {
            life().meanwhile();
        }

        @Override
        public void close() {
            life().close();
        }

        @Override
        public Iterable<Throwable> defects() {
            return life == null ? List.of() : life.defects();
        }

        @Override
        public void ended(boolean isClosed, boolean isPowerCut) {
            batches.ended(isClosed, isPowerCut);
        }
    }

    /// What one process has.
    private final class Life {
        private final SimFileWork work;
        private final SimLoop loop;
        private final LogFolder folder;
        private final Shard shard;
        private @Nullable Partition partition;
        private boolean isLeaving;

        Life(SimFileWork work, SimLoop loop, LogFolder folder, Shard shard) {
            this.work = work;
            this.loop = loop;
            this.folder = folder;
            this.shard = shard;
        }

        List<Throwable> defects() {
            var all = new ArrayList<>(work.defects());
            all.addAll(loop.defects());
            return all;
        }

        private Partition partition() {
            var open = partition;
            if (open == null) throw new IllegalStateException("the partition is not open");
            return open;
        }

        /// Starts, and looks at what there is. Somebody else's repetitions may come before it is all
        /// committed again.
        void begin() throws IOException {
            state = state.nextEpoch();
            var records = List.of(new TopicCreated(ORDERS, "orders"), new PartitionPlaced(ORDERS, 0, state));
            loop.turn(() -> shard.follow(ClusterImage.EMPTY.after(List.copyOf(records), 1)));
            while (shard.open(ORDERS, 0) == null) {
                if (!work.step() && !loop.step()) throw new Violation("R1", "the partition does not open");
            }
            var open = shard.open(ORDERS, 0);
            partition = open;
            lives.say(() -> "open to %d, committed to %d; expected %s"
                    .formatted(partition().logEndOffset(), partition().highWatermark(), batches));
            batches.found(partition().logEndOffset());
            batches.shown(partition().highWatermark());
            readAll();
            producers.forEach(SimProducer::reconnect);
        }

        void step() throws IOException {
            int dice = random.nextInt(100);
            if (dice < 35) {
                requests();
            } else if (dice < 65) {
                work.step();
            } else if (dice < 90) {
                loop.step();
            } else if (dice < 95) {
                clock.pass(random.nextInt(1_500));
            } else if (dice < 97) {
                clock.pass(random.nextInt(10_000));
                loop.turn(shard::rest);
            } else {
                settle();
            }
            observe();
        }

        /// While a file thread waits, more is sent.
        void meanwhile() {
            if (partition == null || loop.isHere()) return;
            requests();
            if (random.nextBoolean()) loop.step();
        }

        /// Some requests that arrive in one turn.
        private void requests() {
            int count = 1 + random.nextInt(3);
            loop.turn(() -> {
                for (int i = 0; i < count; i++) send(producers.get(random.nextInt(producers.size())));
            });
            batches.written();
        }

        private void send(SimProducer producer) {
            var sent = producer.next(clock.wallMs());
            short acks = (short) (random.nextBoolean() ? 1 : -1);
            long end = partition().logEndOffset();
            var known = batches.offsetsOf(sent);
            var offsets = known == null ? batches.place(sent, state.leaderEpoch()) : known;
            lives.say(() -> "send %s, acks %d, %s".formatted(sent, acks, known == null ? "new" : "at " + known));
            var bytes = sent.request();
            var answer = partition().append(bytes, acks, release(bytes));
            boolean isAppended = partition().logEndOffset() > end;
            if (isAppended && known != null) throw new Violation("P2", "%s is at %s twice".formatted(sent, known));
            if (!isAppended && known == null) throw new Violation("P1", "not appended: " + sent);
            answer.then(result -> answered(producer, sent, offsets, result));
        }

        /// The bytes of a request: once they are given back, they are somebody else's.
        private Runnable release(ByteBuffer bytes) {
            boolean[] isGone = new boolean[1];
            return () -> {
                if (isGone[0]) throw new Violation("X5", "the bytes of a request were given back twice");
                isGone[0] = true;
                for (int at = 0; at < bytes.limit(); at++) bytes.put(at, (byte) 0x55);
            };
        }

        private void answered(SimProducer producer, Sent sent, OffsetRange offsets, AppendResult result) {
            switch (result) {
                case AppendResult.Appended(var said, var _, var _) -> {
                    lives.say(() -> "acknowledged " + sent);
                    if (!said.equals(offsets)) {
                        throw new Violation("P3", "%s is at %s, and the answer %s".formatted(sent, offsets, said));
                    }
                    producer.acknowledged(sent);
                    batches.acknowledged(said.end());
                }
                case AppendResult.Refused(var code, var reason) -> {
                    if (isLeaving && code == Errors.NOT_LEADER_OR_FOLLOWER) return;
                    throw new Violation("P3", "%s is refused: %s, %s".formatted(sent, code, reason));
                }
            }
        }

        /// Everything comes to rest: nobody waits any more, and everything can be read.
        private void settle() throws IOException {
            do {
                work.settle();
            } while (loop.step() || work.step());
            for (var producer : producers) {
                var waiting = producer.waiting();
                if (waiting != null && batches.offsetsOf(waiting) != null && !producer.mustSendAgain()) {
                    throw new Violation("L2", "nobody answers " + waiting);
                }
            }
            if (partition().highWatermark() != partition().logEndOffset()) {
                throw new Violation(
                        "R5", "committed to %d only: %s".formatted(partition().highWatermark(), batches));
            }
            readAll();
        }

        private void observe() {
            if (partition().isOffline()) throw new Violation("R1", "a sound disk, and yet it is offline");
            batches.shown(partition().highWatermark());
            if (partition().logEndOffset() != batches.end()) {
                throw new Violation(
                        "R3", "the log ends at %d: %s".formatted(partition().logEndOffset(), batches));
            }
        }

        /// Reads everything that is committed.
        private void readAll() throws IOException {
            long at = 0;
            while (at < partition().highWatermark()) at = batches.check(at, read(at));
        }

        private ByteBuffer read(long offset) throws IOException {
            while (true) {
                switch (partition().read(offset, 1 + random.nextInt(8_000), -1, true)) {
                    case ReadResult.Records records -> {
                        var slice = records.slice();
                        if (slice == null) throw new Violation("R1", "there is nothing at offset " + offset);
                        try {
                            return slice.place().readFully();
                        } finally {
                            slice.place().release();
                        }
                    }
                    case ReadResult.Refused refused -> throw new Violation("R1", "%d: %s".formatted(offset, refused));
                    case ReadResult.Cold(var lookup) -> {
                        lookup.run();
                        var refused = partition().learn(lookup);
                        if (refused.isPresent()) throw new Violation("R1", "%d: %s".formatted(offset, refused));
                    }
                }
            }
        }

        void close() {
            isLeaving = true;
            loop.turn(shard::leave);
            loop.end();
            folder.close();
        }
    }
}
