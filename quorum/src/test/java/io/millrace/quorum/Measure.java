package io.millrace.quorum;

import io.millrace.metadata.Controller;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerCommand.AllocateProducerIds;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.model.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;

/// Prints how long a quorum takes to start, what memory it adds, and how long a commit takes. Run by hand: the
/// argument is a folder, an empty one for a first start.
final class Measure {

    private static final int ROUNDS = Integer.getInteger("rounds", 2000);

    private Measure() {}

    public static void main(String[] args) throws Exception {
        var loop = new HandLoop();
        long before = residentKb();
        long start = System.nanoTime();
        var log = new RatisMetadataLog(Path.of(args[0]), "measured", 1);
        var quorum = loop.whileBlocked(() -> Quorum.start(
                log, new Controller(new AnyConfig()), "measured", loop, new WallClock(), Duration.ofSeconds(30)));
        System.out.printf(
                "started in %.0f ms, index %d%n",
                (System.nanoTime() - start) / 1e6, quorum.image().index());
        loop.await(quorum.ask(new RegisterNode(1, Uuid.randomUuid(), "", List.of()), loop));
        System.out.printf(
                "first answer after %.0f ms, RSS +%d KB of %d%n",
                (System.nanoTime() - start) / 1e6, residentKb() - before, residentKb());
        for (int round = 0; round < 3 && ROUNDS > 0; round++) {
            var latencies = new long[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                long asked = System.nanoTime();
                loop.await(quorum.ask(new AllocateProducerIds(1), loop));
                latencies[i] = System.nanoTime() - asked;
            }
            Arrays.sort(latencies);
            System.out.printf(
                    "commit p50 %d us, p99 %d us%n", latencies[ROUNDS / 2] / 1000, latencies[ROUNDS * 99 / 100] / 1000);
            var underWay = new ArrayDeque<Promise<ControllerAnswer>>();
            long begun = System.nanoTime();
            for (int i = 0; i < ROUNDS * 5; i++) {
                underWay.add(quorum.ask(new AllocateProducerIds(1), loop));
                if (underWay.size() == 128) loop.await(underWay.poll());
            }
            while (!underWay.isEmpty()) loop.await(underWay.poll());
            System.out.printf("128 at once: %.0f per second%n", ROUNDS * 5 / ((System.nanoTime() - begun) / 1e9));
        }
        System.gc();
        System.out.printf("RSS at the end %d KB%n", residentKb());
        long closing = System.nanoTime();
        loop.whileBlocked(() -> {
            quorum.close();
            return 0;
        });
        System.out.printf("closed in %.0f ms%n", (System.nanoTime() - closing) / 1e6);
    }

    private static long residentKb() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", ""));
        }
        return 0;
    }
}
