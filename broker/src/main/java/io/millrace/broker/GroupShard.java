package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupCommand;
import io.millrace.coordinator.group.GroupMachine;
import io.millrace.coordinator.group.GroupMachine.PositionReader;
import io.millrace.coordinator.group.GroupRecord;
import io.millrace.coordinator.group.GroupSettings;
import io.millrace.log.ColdLookup;
import io.millrace.log.LogSlice;
import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.model.record.BatchBuilder;
import io.millrace.model.record.BatchParser;
import io.millrace.model.record.LogRecord;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import io.millrace.model.record.RecordReader.MalformedRecords;
import io.millrace.replica.Partition;
import io.millrace.replica.ReadResult;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import io.millrace.replica.host.ShardHost;
import io.millrace.replica.host.ShardLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The groups of one partition of `__consumer_offsets`: a machine, its host, and the partition below it.
/// On the loop of that partition.
///
/// It begins by replaying the partition, a piece a turn; until that is done, askers are told to
/// come again.
final class GroupShard implements GroupLag.Source {

    private static final Logger LOG = LoggerFactory.getLogger(GroupShard.class);

    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);
    private static final long AGAIN_NS = 20_000_000;
    private static final int REPLAY_STEP_BYTES = 1 << 20;
    private static final int MAX_BATCH_BYTES = 1 << 20;

    /// What all shards of groups are made with.
    record Setup(GroupSettings settings, RecordReader reader, ColdReads cold, Clock clock) {}

    private final Setup setup;
    private final Shard shard;
    private final int index;
    private final int epoch;
    private final GroupMachine machine;
    private final GroupPartition log = new GroupPartition();
    private final ShardHost<GroupCommand, GroupRecord, GroupAnswer> host;
    private final Runnable bell = this::rang;
    private boolean isClosed;

    private GroupShard(Shard shard, int index, int epoch, Setup setup) {
        this.setup = setup;
        this.shard = shard;
        this.index = index;
        this.epoch = epoch;
        this.machine = new GroupMachine(setup.settings());
        this.host =
                new ShardHost<>(machine, log, shard.loop(), setup.clock(), GroupAnswer.Refused::new, COMMIT_TIMEOUT);
    }

    /// Takes up a partition that this node leads, and begins to replay it.
    static GroupShard load(Shard shard, Uuid topic, int index, int epoch, Setup setup) {
        var loading = new GroupShard(shard, index, epoch, setup);
        shard.find(topic, index).then(found -> {
            switch (found) {
                case Shard.Found.Here(var partition) -> {
                    loading.log.partition = partition;
                    loading.replay(partition, partition.logStartOffset());
                }
                case Shard.Found.NotHere(var code) -> loading.fail("the partition is not here: " + code);
            }
        });
        return loading;
    }

    /// Whether it was given up with its partition, which has been opened again since: there is another
    /// one to be loaded.
    boolean isOutlived(Uuid topic) {
        if (!isClosed) return false;
        var now = shard.open(topic, index);
        return now != null && now != log.partition && now.isLeader();
    }

    int epoch() {
        return epoch;
    }

    Promise<GroupAnswer> ask(LongFunction<GroupCommand> command) {
        return host.ask(command);
    }

    void tell(GroupCommand command) {
        host.tell(command);
    }

    @Override
    public void positions(PositionReader reader) {
        if (!isClosed) machine.positions(reader);
    }

    void close(Errors why) {
        isClosed = true;
        if (log.partition != null) log.partition.unwatch(bell);
        host.close(why);
    }

    private void fail(String why) {
        LOG.error("the groups of partition {} of __consumer_offsets cannot be served: {}", index, why);
        close(Errors.NOT_COORDINATOR);
    }

    /// Reads one piece of the log and asks for the next turn, until the end.
    private void replay(Partition partition, long offset) {
        if (isClosed) return;
        switch (partition.read(offset, REPLAY_STEP_BYTES, -1, true)) {
            case ReadResult.Refused refused -> fail("reading at offset %d: %s".formatted(offset, refused.code()));
            case ReadResult.Records records -> replay(partition, offset, records.slice());
            case ReadResult.Cold(var lookup) -> look(partition, offset, lookup);
        }
    }

    /// Has a file thread look up what the disk has to be asked for, and goes on then; while too much
    /// waits for the disk, it is asked again.
    private void look(Partition partition, long offset, ColdLookup lookup) {
        setup.cold()
                .look(shard, lookup)
                .ifPresentOrElse(
                        looked -> looked.then(done -> partition
                                .learn(done)
                                .ifPresentOrElse(
                                        refused -> fail("reading at offset %d: %s".formatted(offset, refused.code())),
                                        () -> replay(partition, offset))),
                        () -> shard.loop().later(AGAIN_NS, () -> replay(partition, offset)));
    }

    private void replay(Partition partition, long offset, @Nullable LogSlice slice) {
        if (slice == null) {
            ready(partition, offset);
            return;
        }
        try {
            long next = apply(slice.place().readFully(), offset);
            Shards.tell(shard, () -> replay(partition, next));
        } catch (IOException | MalformedRecords e) {
            fail("reading at offset %d: %s".formatted(offset, e));
        } finally {
            slice.place().release();
        }
    }

    /// @return the offset behind the last whole batch
    private long apply(ByteBuffer bytes, long offset) throws MalformedRecords, IOException {
        long next = offset;
        int at = bytes.position();
        while (bytes.limit() - at >= RecordBatch.HEADER_BYTES) {
            var batch = new RecordBatch(bytes, at);
            if (bytes.limit() - at < batch.sizeBytes()) break;
            var flaw = BatchParser.flawOfStored(batch);
            if (!flaw.isEmpty()) throw new IOException("a broken batch at offset %d: %s".formatted(next, flaw));
            if (!batch.isControl()) setup.reader().read(batch, record -> apply(record, offset));
            next = batch.endOffset();
            at += batch.sizeBytes();
        }
        if (next == offset) throw new IOException("no whole batch at offset " + offset);
        return next;
    }

    private void apply(LogRecord record, long fromOffset) {
        if (record.offset() < fromOffset) return;
        try {
            GroupRecordCodec.decode(record.key(), record.value()).ifPresent(host::replay);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "the record at offset {} of __consumer_offsets-{} is broken and passed over",
                    record.offset(),
                    index,
                    e);
        }
    }

    private void ready(Partition partition, long end) {
        if (partition.highWatermark() > end) {
            replay(partition, end);
            return;
        }
        host.opened(new GroupCommand.Loaded(), partition.highWatermark());
        partition.watch(bell);
        LOG.debug("{} groups of partition {} are loaded", machine.size(), index);
    }

    private void rang() {
        if (isClosed || log.partition == null) return;
        if (!log.partition.isLeader()) {
            close(Errors.NOT_COORDINATOR);
            return;
        }
        host.onHighWatermark(log.partition.highWatermark());
        log.partition.watch(bell);
    }

    /// The partition, as the host sees it.
    private final class GroupPartition implements ShardLog<GroupRecord> {

        private @Nullable Partition partition;

        @Override
        public Errors mayAnswer() {
            return partition != null && partition.isLeader() ? Errors.NONE : Errors.NOT_COORDINATOR;
        }

        @Override
        public Errors mayWrite() {
            if (partition == null) return Errors.COORDINATOR_LOAD_IN_PROGRESS;
            return switch (partition.mayAppend((short) -1)) {
                case NONE -> Errors.NONE;
                case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> Errors.NOT_COORDINATOR;
                default -> Errors.COORDINATOR_NOT_AVAILABLE;
            };
        }

        @Override
        public long append(List<GroupRecord> records) throws IOException {
            var builder = new BatchBuilder();
            int bytes = 0;
            for (var record : records) {
                var encoded = GroupRecordCodec.encode(record, setup.clock().wallMs());
                int size = sizeBytes(encoded);
                if (bytes + size > MAX_BATCH_BYTES && !builder.isEmpty()) {
                    put(builder);
                    builder = new BatchBuilder();
                    bytes = 0;
                }
                builder.add(encoded);
                bytes += size;
            }
            if (!builder.isEmpty()) put(builder);
            return end();
        }

        private static int sizeBytes(LogRecord record) {
            var key = record.key();
            var value = record.value();
            return (key == null ? 0 : key.remaining()) + (value == null ? 0 : value.remaining());
        }

        private void put(BatchBuilder builder) throws IOException {
            if (partition == null
                    || partition.append(new RecordBatch(builder.build(), 0)).isEmpty()) {
                throw new IOException("partition %d of __consumer_offsets is offline".formatted(index));
            }
        }

        @Override
        public void applied(GroupRecord record) {
            GroupNews.of(record);
        }

        @Override
        public long end() {
            return partition == null ? 0 : partition.logEndOffset();
        }

        @Override
        public void wantsFlush() {
            shard.loop().atTurnEnd(() -> {
                if (isClosed) return;
                try {
                    host.flush();
                } catch (IOException e) {
                    LOG.error("the groups of partition {} are given up", index, e);
                    close(Errors.NOT_COORDINATOR);
                }
            });
        }
    }
}
