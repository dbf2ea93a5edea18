package io.millrace.acceptance.client;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Produces numbered records: `bootstrap`, `topic`, `codecs` (a,b: one producer after the other), `from`, `count`
/// for each codec (0: until standard input ends or says anything), `keys`, `value` (bytes), `plain`.
///
/// Says `ack <seq> <partition> <offset>` or `fail <seq> <class>: <message>` for each, and `done <next seq>`; ends
/// with 1 when any failed.
public final class ProduceProgram {

    private ProduceProgram() {}

    public static void main(String[] arguments) {
        var args = new Args(arguments);
        int perCodec = args.number("count", 0);
        var stop = new AtomicBoolean();
        if (perCodec == 0) stopWhenTold(stop);
        int next = args.number("from", 0);
        var failed = new AtomicInteger();
        for (var codec : args.text("codecs", "none").split(",", -1)) {
            var settings = args.client();
            settings.put("compression.type", codec);
            try (var producer =
                    new KafkaProducer<byte[], byte[]>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                int end = perCodec == 0 ? Integer.MAX_VALUE : next + perCodec;
                long dueNs = System.nanoTime();
                while (next < end && !stop.get()) {
                    send(producer, args, next++, codec, failed);
                    dueNs += 1_000_000_000L / args.number("rate", 1_000_000);
                    // What was held up is not made up for.
                    dueNs = Math.max(dueNs, System.nanoTime() - 50_000_000);
                    while (System.nanoTime() < dueNs) LockSupport.parkNanos(500_000);
                }
            }
        }
        System.out.println("done " + next);
        System.exit(failed.get() == 0 ? 0 : 1);
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, Args args, int seq, String codec, AtomicInteger failed) {
        var record = Payload.record(
                args.text("topic"),
                seq,
                codec,
                args.number("keys", 10),
                args.number("value", 100),
                Boolean.parseBoolean(args.text("plain", "false")));
        var _ = producer.send(record, (where, error) -> {
            if (error == null) {
                System.out.println("ack " + seq + " " + where.partition() + " " + where.offset());
            } else {
                failed.incrementAndGet();
                System.out.println("fail " + seq + " " + error.getClass().getSimpleName() + ": " + error.getMessage());
            }
        });
    }

    private static void stopWhenTold(AtomicBoolean stop) {
        var reader = new Thread(() -> {
            try {
                int _ = System.in.read();
            } catch (IOException e) {
                System.err.println("standard input: " + e);
            }
            stop.set(true);
        });
        reader.setDaemon(true);
        reader.start();
    }
}
