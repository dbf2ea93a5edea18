package io.millrace.replica;

import io.millrace.disk.DiskFullException;
import io.millrace.log.CleaningResult.Outcome;
import io.millrace.log.FolderCleaner;
import io.millrace.log.FolderScrubber;
import io.millrace.log.Log;
import io.millrace.log.Opened;
import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.Topic;
import io.millrace.model.PartitionId;
import io.millrace.model.Promise;
import io.millrace.net.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that one loop owns of this node's partitions, and the cluster as that loop sees it.
///
/// The image changes between two pieces of work, never within one. A partition that the image gives to
/// this node is opened on a file thread: as soon as somebody asks for it, otherwise when its turn comes.
/// Until it is open, requests for it wait in its [Slot].
public final class Shard {

    private static final int MOST_DELETED_IN_A_TURN = 100;
    private static final int MOST_SETTLED_IN_A_TURN = 20;

    /// How many partitions nobody asked for are being opened at a time: those that somebody asks for
    /// come soon after them.
    private static final int MOST_OPENING = 16;

    /// After so long a log is opened again that could not be opened for want of space.
    private static final long FULL_DISK_NS = 1_000_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    private final Loop loop;
    private final Hosting hosting;
    private final Map<Uuid, TopicSlots> topics = new HashMap<>();
    private final TreeMap<Long, List<Promise<ClusterImage>>> awaited = new TreeMap<>();
    private final ArrayDeque<Slot> unopened = new ArrayDeque<>();
    private ClusterImage image = ClusterImage.EMPTY;
    private int opening;
    private volatile int waitingToOpen;
    private @Nullable Shards shards;

    /// The slots of one topic, by partition number; a number that another loop owns is empty.
    private static final class TopicSlots {
        final String name;
        final TopicMeters meters;

        @Nullable
        Slot[] slots = new Slot[0];

        TopicSlots(String name, TopicMeters meters) {
            this.name = name;
            this.meters = meters;
        }
    }

    /// A partition of this shard on its way: waiting for its turn, opening, open, or failed.
    private static final class Slot {
        final Uuid topic;
        final int index;
        final TopicMeters meters;

        @Nullable
        Partition partition;

        boolean isBegun;
        boolean hasFailed;
        List<Promise<Found>> waiting = new ArrayList<>();

        Slot(Uuid topic, int index, TopicMeters meters) {
            this.topic = topic;
            this.index = index;
            this.meters = meters;
        }
    }

    /// What a shard knows of a partition.
    public sealed interface Found {

        record Here(Partition partition) implements Found {}

        /// Nothing of the kind on this shard: `code` tells the client what to do.
        record NotHere(Errors code) implements Found {}
    }

    public Shard(Loop loop, Hosting hosting) {
        this.loop = loop;
        this.hosting = hosting;
    }

    /// Once, before anything else: the shards it is one of.
    public void join(Shards all) {
        shards = all;
    }

    public Loop loop() {
        return loop;
    }

    /// The cluster as this turn sees it.
    public ClusterImage image() {
        return image;
    }

    /// The open partition, or null when it is not (yet, any more) here; see [#find].
    public @Nullable Partition open(Uuid topic, int index) {
        var slot = slot(topic, index);
        return slot == null ? null : slot.partition;
    }

    private @Nullable Slot slot(Uuid topic, int index) {
        var slots = topics.get(topic);
        return slots == null || index < 0 || index >= slots.slots.length ? null : slots.slots[index];
    }

    /// The partition, waiting for it while it is being opened; whoever asks has it opened now.
    public Promise<Found> find(Uuid topic, int index) {
        var slot = slot(topic, index);
        if (slot == null) return Promise.of(new Found.NotHere(unknown(topic, index)));
        begin(slot);
        return await(slot);
    }

    private static Promise<Found> await(Slot slot) {
        if (slot.hasFailed) return Promise.of(new Found.NotHere(Errors.KAFKA_STORAGE_ERROR));
        if (slot.partition != null) return Promise.of(new Found.Here(slot.partition));
        var found = new Promise<Found>();
        slot.waiting.add(found);
        return found;
    }

    /// The same, waiting no longer than `waitNs`: after that the client is told to come again.
    public Promise<Found> find(Uuid topic, int index, long waitNs) {
        var found = find(topic, index);
        var slot = slot(topic, index);
        if (found.isDone() || slot == null) return found;
        var limit = loop.later(waitNs, () -> {
            slot.waiting.remove(found);
            found.complete(new Found.NotHere(Errors.NOT_LEADER_OR_FOLLOWER));
        });
        found.then(_ -> limit.cancel());
        return found;
    }

    /// Kept when the partitions of these topics that this shard knows are open, or have failed to open.
    /// Their turn comes not sooner for that.
    public Promise<Boolean> whenOpen(Collection<Uuid> ids) {
        var open = new ArrayList<Promise<Found>>();
        for (var id : ids) {
            var slots = topics.get(id);
            if (slots == null) continue;
            for (int index = 0; index < slots.slots.length; index++) {
                var slot = slots.slots[index];
                if (slot != null) open.add(await(slot));
            }
        }
        return Promise.all(open).map(_ -> true);
    }

    /// Kept, on this loop, when the image is at `index` or later.
    public Promise<ClusterImage> whenAt(long index) {
        if (image.index() >= index) return Promise.of(image);
        var reached = new Promise<ClusterImage>();
        awaited.computeIfAbsent(index, _ -> new ArrayList<>()).add(reached);
        return reached;
    }

    private Errors unknown(Uuid topic, int index) {
        var known = image.topic(topic);
        if (known.isEmpty()) return Errors.UNKNOWN_TOPIC_ID;
        if (index < 0 || index >= known.get().partitions().size()) return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        return Errors.NOT_LEADER_OR_FOLLOWER;
    }

    /// Every partition that is open here.
    public List<Partition> partitions() {
        var open = new ArrayList<Partition>();
        for (var slots : topics.values()) {
            for (var slot : slots.slots) {
                if (slot != null && slot.partition != null) open.add(slot.partition);
            }
        }
        return open;
    }

    /// The cluster has changed: opens, tells, and lets go of what the new image says about this node's
    /// partitions.
    ///
    /// A topic leaves an image only by a committed deletion, so what was here and is not in the image
    /// any more is deleted. What lies on the disk and was never in an image is not looked at.
    public void follow(ClusterImage next) {
        var before = image;
        image = next;
        var delta = next.since(before);
        delta.deleted().forEach(topic -> delete(topic.id()));
        delta.created().forEach(this::visit);
        delta.changed().forEach(changed -> visit(changed.now()));
        for (var resource : delta.configs()) {
            switch (resource.kind()) {
                case TOPIC -> next.topic(resource.name()).ifPresent(this::configure);
                case BROKER -> next.topics().forEach(this::configure);
                case GROUP, CLIENT_METRICS -> {}
            }
        }
        openSome();
        while (!awaited.isEmpty() && awaited.firstKey() <= next.index()) {
            awaited.pollFirstEntry().getValue().forEach(reached -> reached.complete(next));
        }
    }

    private void visit(Topic topic) {
        var slots = topics.computeIfAbsent(
                topic.id(), _ -> new TopicSlots(topic.name(), new TopicMeters(hosting.metrics(), topic.name())));
        int count = topic.partitions().size();
        if (slots.slots.length < count) slots.slots = java.util.Arrays.copyOf(slots.slots, count);
        for (int index = 0; index < count; index++) {
            if (shards == null || shards.owner(topic.id(), index) != this) continue;
            var state = topic.partitions().get(index);
            if (!state.replicas().contains(hosting.nodeId())) continue;
            var slot = slots.slots[index];
            if (slot == null) {
                slot = new Slot(topic.id(), index, slots.meters);
                slots.slots[index] = slot;
                unopened.add(slot);
            } else if (slot.partition != null) {
                slot.partition.follow(state);
            }
        }
    }

    /// Opens some of the partitions that nobody asked for yet.
    private void openSome() {
        while (opening < MOST_OPENING && !unopened.isEmpty()) begin(unopened.poll());
        waitingToOpen = unopened.size() + opening;
    }

    /// How many partitions are not open yet; may be read from any thread.
    public int waitingToOpen() {
        return waitingToOpen;
    }

    private void begin(Slot slot) {
        if (slot.isBegun) return;
        slot.isBegun = true;
        slot.hasFailed = false;
        var topic = image.topic(slot.topic);
        if (topic.isEmpty()) return;
        opening++;
        var name = topic.get().name();
        hosting.folder().open(slot.topic, name, slot.index, config(topic.get()).log(), loop, opened -> {
            opening--;
            switch (opened) {
                case Opened.Ready(Log log) -> ready(slot, name, log);
                case Opened.Failed(DiskFullException full) -> {
                    LOG.debug("partition {}-{} waits for space", name, slot.index, full);
                    failed(slot);
                    loop.later(FULL_DISK_NS, () -> beginAgain(slot));
                }
                case Opened.Failed(var cause) -> {
                    LOG.error("partition {}-{} cannot be opened and is offline", name, slot.index, cause);
                    failed(slot);
                }
            }
            openSome();
        });
    }

    private void beginAgain(Slot slot) {
        if (slot(slot.topic, slot.index) != slot) return;
        slot.isBegun = false;
        begin(slot);
    }

    private static void failed(Slot slot) {
        slot.hasFailed = true;
        tell(slot, new Found.NotHere(Errors.KAFKA_STORAGE_ERROR));
    }

    /// The partition in `slot` went offline because the disk was full: recovery cuts off what is not
    /// whole, and it goes on, readable at once, and writable when there is space.
    private void reopen(Slot slot) {
        loop.execute(() -> {
            var before = slot.partition;
            if (before == null || slot(slot.topic, slot.index) != slot) return;
            slot.partition = null;
            before.leave(Errors.KAFKA_STORAGE_ERROR);
            before.close();
            beginAgain(slot);
        });
    }

    private void ready(Slot slot, String name, Log log) {
        var now = image.topic(slot.topic);
        if (now.isEmpty()) {
            hosting.folder().delete(slot.topic, name, slot.index);
            tell(slot, new Found.NotHere(Errors.UNKNOWN_TOPIC_ID));
            return;
        }
        var partition = new Partition(
                new PartitionId(slot.topic, slot.index),
                name,
                hosting.nodeId(),
                log,
                loop,
                now.get().partitions().get(slot.index),
                config(now.get()),
                hosting.codecs(),
                hosting.clock(),
                slot.meters);
        slot.meters.watch(partition);
        partition.whenFull(() -> reopen(slot));
        slot.partition = partition;
        tell(slot, new Found.Here(partition));
    }

    private static void tell(Slot slot, Found found) {
        var waiting = slot.waiting;
        slot.waiting = new ArrayList<>();
        waiting.forEach(one -> one.complete(found));
    }

    private void configure(Topic topic) {
        var slots = topics.get(topic.id());
        if (slots == null) return;
        for (var slot : slots.slots) {
            if (slot != null && slot.partition != null) slot.partition.configure(config(topic));
        }
    }

    private TopicConfig config(Topic topic) {
        return hosting.config(image, topic.name());
    }

    /// Nobody finds the topic any more. Its partitions are told and their files go, some a turn so that
    /// requests come between; one that is still opening removes its files when it is open.
    private void delete(Uuid id) {
        var gone = topics.remove(id);
        if (gone == null) return;
        if (image.topic(gone.name).isEmpty()) gone.meters.forgetTopic();
        delete(id, gone, 0);
    }

    private void delete(Uuid id, TopicSlots gone, int from) {
        int end = Math.min(gone.slots.length, from + MOST_DELETED_IN_A_TURN);
        // a new topic of that name counts on where the old one ended
        int partitionsNow =
                image.topic(gone.name).map(now -> now.partitions().size()).orElse(0);
        for (int index = from; index < end; index++) {
            var slot = gone.slots[index];
            if (slot == null) continue;
            if (slot.partition != null) slot.partition.leave(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            boolean isOpening = slot.isBegun && slot.partition == null && !slot.hasFailed;
            slot.isBegun = true;
            if (!isOpening) hosting.folder().delete(id, gone.name, index);
            if (index >= partitionsNow) gone.meters.forget(index);
        }
        if (end < gone.slots.length) loop.execute(() -> delete(id, gone, end));
    }

    /// One round of retention over every partition, a step a turn so that requests come between.
    public void retain(Runnable whenDone) {
        retain(new ArrayDeque<>(partitions()), whenDone);
    }

    private void retain(ArrayDeque<Partition> left, Runnable whenDone) {
        var next = left.poll();
        if (next == null) {
            whenDone.run();
            return;
        }
        if (next.retain()) left.addFirst(next);
        Shards.tell(this, () -> retain(left, whenDone));
    }

    /// Puts logs to rest to which nobody writes; some of them, a turn's work.
    ///
    /// @return whether there may be more
    public boolean rest() {
        int settled = 0;
        for (var partition : partitions()) {
            if (partition.rest() && ++settled == MOST_SETTLED_IN_A_TURN) return true;
        }
        return false;
    }

    /// The partition that has most to compact; nothing when no partition has anything.
    ///
    /// @param except does not count
    Optional<CleaningRounds.Candidate> dirtiest(Set<PartitionId> except) {
        CleaningRounds.Candidate dirtiest = null;
        for (var partition : partitions()) {
            if (!partition.isCompacted() || except.contains(partition.id())) continue;
            var dirtiness = partition.dirtiness(hosting.folder().cleaner());
            if (dirtiness.dirtyBytes() == 0) continue;
            var candidate = new CleaningRounds.Candidate(this, partition.id(), dirtiness);
            dirtiest = dirtiest == null ? candidate : CleaningRounds.dirtier(dirtiest, candidate);
        }
        return Optional.ofNullable(dirtiest);
    }

    /// Compacts a partition; kept when that has ended.
    Promise<Outcome> clean(PartitionId id, FolderCleaner.Limits limits) {
        var partition = open(id.topic(), id.index());
        if (partition == null) return Promise.of(Outcome.LOG_CHANGED);
        return partition.clean(hosting.folder().cleaner(), limits, hosting.codecs());
    }

    /// The partitions of which something is to be verified now.
    List<PartitionId> unverified() {
        var scrubber = hosting.folder().scrubber();
        return partitions().stream()
                .filter(partition -> partition.isUnverified(scrubber))
                .map(Partition::id)
                .toList();
    }

    /// Verifies a partition; kept when that has ended.
    Promise<FolderScrubber.Outcome> verify(PartitionId id) {
        var partition = open(id.topic(), id.index());
        if (partition == null) return Promise.of(FolderScrubber.Outcome.NOT_NOW);
        return partition.verify(hosting.folder().scrubber());
    }

    /// Tells everyone who waits that this node is going away.
    public void leave() {
        partitions().forEach(partition -> partition.leave(Errors.NOT_LEADER_OR_FOLLOWER));
    }
}
