package io.millrace.folder;

import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commits go first: a disk does what it is asked for in turn, so that some megabytes read for somebody
/// who lags far behind, or for a compaction, are milliseconds that every acknowledgement waits.
///
/// What can wait is done in pieces of [#PIECE_BYTES] or so, and gives way between them to the commit
/// that is under way: a commit has a piece of each before it, and none of them starves, since it waits
/// for one commit and not for a pause between them.
public final class RightOfWay {

    /// How much may be read or written before it is time to give way again: a quarter of a millisecond
    /// of a disk that does a gigabyte a second.
    public static final int PIECE_BYTES = 256 << 10;

    /// Longer than this nobody waits: the disk is busy with something else then.
    private static final long MOST_MS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(RightOfWay.class);

    private final Phaser commits = new Phaser(1);
    private final long mostMs;
    private volatile boolean isTaken;

    public RightOfWay() {
        this(MOST_MS);
    }

    RightOfWay(long mostMs) {
        this.mostMs = mostMs;
    }

    /// A commit begins; on the commit thread.
    void take() {
        isTaken = true;
    }

    /// It has ended, well or not.
    void leave() {
        isTaken = false;
        commits.arrive();
    }

    /// Waits until the commit under way has ended; returns at once when there is none. Not for a loop,
    /// nor for a thread that a commit may wait for.
    public void giveWay() {
        int underWay = commits.getPhase();
        if (!isTaken) return;
        try {
            commits.awaitAdvanceInterruptibly(underWay, mostMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("a commit takes longer than {} ms", mostMs, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
