package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.PartitionName;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ScrubProgressTest {

    private static final PartitionName OLD = new PartitionName(Rig.TOPIC, 0);
    private static final PartitionName NEW = new PartitionName(Rig.TOPIC, 1);

    private final Rig rig = new Rig();

    private ScrubProgress progress() throws IOException {
        return new ScrubProgress(rig.log().mending().place().folder());
    }

    @Test
    void whatNoPassIsThroughWithDoesNotCountAsOld() throws IOException {
        rig.open();
        rig.clock.pass(1_000);
        var progress = progress();
        progress.done(OLD);
        rig.clock.pass(9_000);
        assertFalse(progress.beginPass(10_000));
        rig.clock.pass(1_000);
        assertTrue(progress.beginPass(10_000));
        progress.at(NEW, 5);
        assertEquals(1_000, progress.oldestMs());
        progress.done(OLD);
        assertEquals(11_000, progress.oldestMs());
    }

    @Test
    void aPassGoesOnAfterARestartAndNotLater() throws IOException {
        rig.open();
        rig.openOther(1);
        rig.clock.pass(1_000);
        var before = progress();
        before.done(OLD);
        before.at(NEW, 5);
        before.write();
        rig.clock.pass(1_000);
        var after = progress();
        assertTrue(after.isDone(OLD));
        assertFalse(after.isDone(NEW));
        assertEquals(5, after.next(NEW));
        assertTrue(after.beginPass(1_000));
        assertFalse(after.isDone(OLD));
        assertEquals(0, after.next(NEW), "what an earlier pass saw says nothing");
    }

    @Test
    void whatIsGoneIsForgotten() throws IOException {
        rig.open();
        rig.clock.pass(1_000);
        var progress = progress();
        progress.done(OLD);
        progress.done(NEW); // which has no folder
        progress.write();
        assertTrue(progress().isDone(OLD));
        assertFalse(progress().isDone(NEW));
        progress.forget(OLD);
        progress.write();
        assertFalse(progress().isDone(OLD));
    }

    @Test
    void whatIsDoubtedIsVerifiedAgainInThePresentPass() throws IOException {
        rig.open();
        var progress = progress();
        progress.done(OLD);
        progress.again(OLD);
        assertFalse(progress.isDone(OLD));
        assertEquals(0, progress.next(OLD));
        progress.done(OLD);
        assertTrue(progress.isDone(OLD));
    }
}
