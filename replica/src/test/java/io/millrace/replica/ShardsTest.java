package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.log.FolderLimits;
import io.millrace.log.FolderTools;
import io.millrace.log.Identity;
import io.millrace.log.LogFolder;
import io.millrace.model.Promise;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsTest {

    @TempDir
    Path dir;

    private final List<TurnLoop> loops =
            IntStream.range(0, 3).mapToObj(TurnLoop::new).toList();

    private Shards shards(LogFolder folder) {
        var codecs = new Codecs(
                (batch, visitor) -> {},
                (batch, codec, level) -> batch.bytes(),
                (batch, kept, horizon) -> batch.bytes());
        var hosting = new Hosting(
                1,
                folder,
                codecs,
                loops.getFirst(),
                Metrics.NONE,
                (_, _) -> ConfigValues.EMPTY,
                _ -> ConfigValues.EMPTY);
        return new Shards(loops.stream().map(loop -> new Shard(loop, hosting)).toList());
    }

    private LogFolder folder() throws IOException {
        var tools = new FolderTools(
                new BreakingDisk(),
                loops.getFirst(),
                Metrics.NONE,
                new HandFiles(),
                Uuid::randomUuid,
                FolderLimits.USUAL);
        return LogFolder.open(dir, new Identity("cluster", 1), tools);
    }

    @Test
    void workCrossesOnceThereAndOnceBack() throws IOException {
        try (var folder = folder()) {
            var shards = shards(folder);
            var here = shards.all().get(0);
            var there = shards.all().get(1);
            var slow = new Promise<String>();
            var worked = new ArrayList<Shard>();
            var answer = shards.on(
                    there,
                    here,
                    shard -> {
                        worked.add(shard);
                        return slow;
                    },
                    () -> "nobody is there");

            assertEquals(List.of(), worked, "not on this loop");
            loops.get(1).endTurn();
            assertEquals(List.of(there), worked);
            slow.complete("done");
            assertFalse(answer.isDone(), "a promise is kept on the loop of whoever asks");
            loops.get(0).endTurn();
            assertEquals("done", answer.value());
            assertSame(there, shards.of(loops.get(1)));
        }
    }

    @Test
    void aLoopThatHasEndedIsSpokenForByTheCaller() throws IOException {
        try (var folder = folder()) {
            var shards = shards(folder);
            var here = shards.all().get(0);
            var there = shards.all().get(1);
            var slow = new Promise<String>();
            var unheard = shards.on(there, here, _ -> slow, () -> "nobody is there");
            loops.get(1).endTurn();
            loops.get(1).hasEnded = true;
            var answer = shards.on(there, here, _ -> Promise.of("impossible"), () -> "nobody is there");
            assertEquals("nobody is there", answer.value());
            assertFalse(Shards.tell(there, () -> {}));

            loops.get(0).hasEnded = true;
            slow.complete("done");
            assertFalse(unheard.isDone(), "whoever asked has ended, and no exception reaches the partition's loop");
        }
    }

    @Test
    void whatIsHereDoesNotCross() throws IOException {
        try (var folder = folder()) {
            var here = shards(folder).all().getFirst();
            assertEquals(
                    "now",
                    shards(folder)
                            .on(here, here, _ -> Promise.of("now"), () -> "nobody is here")
                            .value());
        }
    }

    @Test
    void thePartitionsOfATopicAreSpreadEvenly() throws IOException {
        try (var folder = folder()) {
            var shards = shards(folder);
            for (var topic : List.of(new Uuid(3, 4), new Uuid(-77, 12), new Uuid(Long.MIN_VALUE, 0))) {
                var owned = new int[3];
                for (int index = 0; index < 12; index++) {
                    owned[shards.owner(topic, index).loop().index()]++;
                    assertSame(shards.owner(topic, index), shards.owner(topic, index));
                }
                for (int count : owned) assertEquals(4, count);
            }
        }
    }
}
