package io.millrace.folder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class RightOfWayTest {

    private static final long AN_HOUR_MS = 3_600_000;

    private final RightOfWay way = new RightOfWay(AN_HOUR_MS);

    @Test
    void whereNoCommitRunsNobodyWaits() {
        way.giveWay();
        way.take();
        way.leave();
        way.giveWay();
    }

    @Test
    void waitsForTheCommitUnderWay() throws Exception {
        way.take();
        var waiting = Thread.ofPlatform().start(way::giveWay);
        awaitRest(waiting);
        way.leave();
        assertTrue(waiting.join(Duration.ofSeconds(10)), "still waits after the commit");
    }

    @Test
    void doesNotWaitForTheNextCommitToo() throws Exception {
        way.take();
        var waiting = Thread.ofPlatform().start(way::giveWay);
        awaitRest(waiting);
        way.leave();
        way.take();
        assertTrue(waiting.join(Duration.ofSeconds(10)), "waits for the second commit");
    }

    @Test
    void aCommitThatHangsIsNotWaitedForForever() {
        var hasty = new RightOfWay(1);
        hasty.take();
        hasty.giveWay();
    }

    private static void awaitRest(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) Thread.onSpinWait();
    }
}
