package io.millrace.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/// Reads and prints until every partition is at its end, enough is printed, or someone says stop.
///
/// In a group: **what is committed has been printed and flushed before.** A record may be printed twice after an
/// accident, never skipped.
final class Reading {

    private static final Duration POLL = Duration.ofMillis(250);
    private static final long COMMIT_EVERY_NS = Duration.ofSeconds(1).toNanos();

    private final Consumer<byte[], byte[]> consumer;
    private final RecordPrinter printer;
    private final long max;
    private final Stop stop;
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> unflushed = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    private long printed;
    private long lastCommitNs = System.nanoTime();

    /// @param max how many records are printed at most
    Reading(Consumer<byte[], byte[]> consumer, RecordPrinter printer, long max, Stop stop) {
        this.consumer = consumer;
        this.printer = printer;
        this.max = max;
        this.stop = stop;
    }

    /// Without a group, from `begin` to before `end`.
    ///
    /// @param end empty: go on for ever
    void assigned(Map<TopicPartition, Long> begin, Map<TopicPartition, Long> end) throws DamageMet {
        consumer.assign(begin.keySet());
        begin.forEach(consumer::seek);
        ends.putAll(end);
        boolean bounded = !end.isEmpty();
        if (bounded) pauseEnded();
        while (goesOn() && !(bounded && allEnded(begin.keySet()))) {
            poll();
            if (bounded) pauseEnded();
        }
    }

    /// As a member of a group, from the committed offsets.
    ///
    /// @param bounded whether to stop at the ends the partitions have when they are assigned
    /// @param patience how long the group may take to admit this member
    void inGroup(String topic, boolean bounded, Duration patience) throws Failure, DamageMet {
        var membership = new Membership();
        consumer.subscribe(List.of(topic), membership);
        long deadlineNs = System.nanoTime() + patience.toNanos();
        try {
            while (goesOn()) {
                poll();
                if (!membership.admitted) {
                    if (System.nanoTime() - deadlineNs > 0) throw notAdmitted(patience);
                    continue;
                }
                // With enough printed, records that came along were dropped: the ends say nothing then.
                if (bounded && goesOn()) {
                    learnEnds();
                    pauseEnded();
                    if (allEnded(consumer.assignment())) {
                        coverEnds();
                        break;
                    }
                }
                if (System.nanoTime() - lastCommitNs > COMMIT_EVERY_NS) commit();
            }
        } finally {
            // Also when the reader of our output has gone: what it got is committed, the rest is not.
            commitAtLast();
        }
    }

    /// Everything up to the ends is printed; what lies before them and is no record (a transaction's marker, a gap left
    /// by compaction) is passed over.
    private void coverEnds() {
        for (var partition : consumer.assignment()) {
            long end = Math.min(consumer.position(partition), ends.getOrDefault(partition, Long.MAX_VALUE));
            uncommitted.put(partition, new OffsetAndMetadata(end));
        }
    }

    /// Did the group leave this member without a partition?
    boolean emptyHanded() {
        return consumer.assignment().isEmpty();
    }

    private boolean goesOn() {
        return printed < max && !stop.asked();
    }

    private void poll() throws DamageMet {
        try {
            for (var record : consumer.poll(POLL)) {
                if (printed < max) print(record);
            }
        } catch (WakeupException e) {
            if (!stop.asked()) throw e;
        } catch (KafkaException e) {
            var partition = Unreadable.met(e);
            if (partition.isEmpty()) throw e;
            throw new DamageMet(partition.get(), consumer.position(partition.get()), e);
        }
        printer.out().flush();
        uncommitted.putAll(unflushed);
        unflushed.clear();
    }

    private void print(ConsumerRecord<byte[], byte[]> record) {
        var partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() >= ends.getOrDefault(partition, Long.MAX_VALUE)) return;
        printer.print(record);
        printed++;
        unflushed.put(partition, new OffsetAndMetadata(record.offset() + 1));
    }

    private void learnEnds() {
        var unknown = new ArrayList<>(consumer.assignment());
        unknown.removeAll(ends.keySet());
        if (!unknown.isEmpty()) ends.putAll(consumer.endOffsets(unknown));
    }

    /// A partition at its end is not fetched any more, so that the others come sooner.
    private void pauseEnded() {
        var ended = consumer.assignment().stream().filter(this::ended).toList();
        if (!ended.isEmpty()) consumer.pause(ended);
    }

    private boolean allEnded(Set<TopicPartition> partitions) {
        return partitions.stream().allMatch(this::ended);
    }

    private boolean ended(TopicPartition partition) {
        return consumer.position(partition) >= ends.getOrDefault(partition, Long.MAX_VALUE);
    }

    private void commit() {
        lastCommitNs = System.nanoTime();
        if (uncommitted.isEmpty()) return;
        consumer.commitSync(Map.copyOf(uncommitted));
        uncommitted.clear();
    }

    /// A wake-up that came too late for `poll` strikes the commit: it is used up then, and the commit tried again.
    private void commitAtLast() {
        try {
            commit();
        } catch (WakeupException e) {
            if (!stop.asked()) throw e;
            commit();
        }
    }

    private static Failure notAdmitted(Duration patience) {
        return new Failure(
                Exit.UNREACHABLE,
                "the group did not admit this member within " + Durations.shown(patience),
                "a member that died keeps its place for its session timeout: wait longer with --timeout 60s");
    }

    /// Hears what the group gives and takes.
    private final class Membership implements ConsumerRebalanceListener {

        private boolean admitted;

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            admitted = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) commit();
            ends.keySet().removeAll(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            uncommitted.keySet().removeAll(partitions);
            ends.keySet().removeAll(partitions);
        }
    }
}
