package io.millrace.cli;

import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// Sends records through a producer, and keeps count of what became of them.
///
/// The producer's own memory bounds what is under way; places of sent records wait in a queue until the next call, so
/// that they are printed one after the other. Two threads may call: the one that sends, and [#finish] of an interrupt.
final class Sending {

    /// @param offset -1 when the broker was not asked to say (acks 0)
    record Sent(int partition, long offset, long timestampMs) {}

    private final Producer<byte[], byte[]> producer;
    private final Pace pace;
    private final boolean keepGoing;
    private final Consumer<Sent> whenSent;
    private final long startNs = System.nanoTime();
    private final ConcurrentLinkedQueue<Sent> places = new ConcurrentLinkedQueue<>();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<@Nullable Exception> firstFailure = new AtomicReference<>();
    private volatile boolean finished;
    private long taken;
    private long sent;
    private long sentBytes;

    /// @param whenSent called for each record that is sent, in the thread that sends
    Sending(Producer<byte[], byte[]> producer, Pace pace, boolean keepGoing, Consumer<Sent> whenSent) {
        this.producer = producer;
        this.pace = pace;
        this.keepGoing = keepGoing;
        this.whenSent = whenSent;
    }

    boolean mayGoOn() {
        return !finished && (keepGoing || failed.get() == 0);
    }

    synchronized long taken() {
        return taken;
    }

    long failed() {
        return failed.get();
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        pace.await();
        take(record);
    }

    private synchronized void take(ProducerRecord<byte[], byte[]> record) {
        if (finished) return;
        taken++;
        sentBytes += bytes(record.key()) + bytes(record.value());
        try {
            var refused = beyondTheTopic(record);
            // What becomes of it, `came` hears.
            if (refused == null) {
                var _ = producer.send(record, this::came);
            } else {
                came(null, refused);
            }
        } catch (KafkaException e) {
            came(null, e);
        }
        tell();
    }

    /// A producer would wait until its timeout for a partition that is not there. What it knows of the
    /// topic may be some minutes old: one that grew meanwhile is refused its new partitions so long.
    private @Nullable Failure beyondTheTopic(ProducerRecord<byte[], byte[]> record) {
        if (record.partition() == null) return null;
        int count = producer.partitionsFor(record.topic()).size();
        return record.partition() < count ? null : Topics.noPartition(record.topic(), record.partition(), count);
    }

    private static long bytes(byte @Nullable [] part) {
        return part == null ? 0 : part.length;
    }

    /// On the producer's thread.
    private void came(@Nullable RecordMetadata at, @Nullable Exception refused) {
        if (refused != null || at == null) {
            failed.incrementAndGet();
            firstFailure.compareAndSet(null, refused);
        } else {
            places.add(new Sent(at.partition(), at.hasOffset() ? at.offset() : -1, at.timestamp()));
        }
    }

    private void tell() {
        for (var place = places.poll(); place != null; place = places.poll()) {
            sent++;
            whenSent.accept(place);
        }
    }

    /// Takes no more records, and waits until every one taken is sent or has failed.
    ///
    /// @return whether this call did it; false when another did before
    synchronized boolean finish() {
        if (finished) return false;
        finished = true;
        producer.flush();
        tell();
        return true;
    }

    /// `sent 3 records (12 B) to orders in 0.1 s`
    synchronized String summary(String topic) {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "sent %s%s to %s in %.2f s",
                Sizes.count(sent, "record"),
                failed() == 0 ? " (" + Sizes.of(sentBytes) + ")" : "",
                topic,
                seconds));
        if (failed() > 0) {
            var why = firstFailure.get();
            text.append("; ")
                    .append(Sizes.count(failed(), "record"))
                    .append(" failed: ")
                    .append(why == null ? "unknown" : Explain.said(why));
        }
        return text.toString();
    }
}
