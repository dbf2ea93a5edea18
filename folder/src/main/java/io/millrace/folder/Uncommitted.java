package io.millrace.folder;

import io.millrace.disk.PinnedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one log has written and [GroupCommit] has not made durable yet, and what of it the write-ahead
/// log still has to keep. Everything but [#committedEnd] and the bell is [GroupCommit]'s, under the
/// locks it names.
public final class Uncommitted {

    /// A run of bytes that was written to a segment, whose file it pins.
    ///
    /// @param end one past the last record in it
    record Extent(PinnedFile file, long baseOffset, int fromBytes, int toBytes, long end) {

        int bytes() {
            return toBytes - fromBytes;
        }
    }

    /// What one round makes durable.
    ///
    /// @param whole segments that are to be synced whatever was written to them
    /// @param end   one past the last record
    record Taken(Uncommitted log, List<Extent> extents, Set<Path> whole, long end) {

        long bytes() {
            long bytes = 0;
            for (var extent : extents) bytes += extent.bytes();
            return bytes;
        }

        void release() {
            extents.forEach(extent -> extent.file().unpin());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Uncommitted.class);

    private final PartitionName name;
    private final Path dir;
    private final byte[] id;
    private final Executor loop;
    private volatile Runnable bell = () -> {};
    private volatile long committedEnd;

    // under the lock of what waits
    private List<Extent> extents = new ArrayList<>(2);
    private Set<Path> whole = new HashSet<>();
    private long end;
    private boolean waits;

    // under the lock of the write-ahead log
    private Set<Path> copied = new HashSet<>();
    private boolean hasNewFiles;
    private long firstFrame = Long.MAX_VALUE;
    private long lastFrame = -1;
    private int cuts;

    /// @param loop         where the log lives
    /// @param committedEnd up to where it is durable already
    public Uncommitted(LogPlace place, Executor loop, long committedEnd) {
        this.name = place.name();
        this.dir = place.dir();
        this.id = new WalLog(place.topicId(), place.name()).encode();
        this.loop = loop;
        this.committedEnd = committedEnd;
    }

    /// One past the last record that is durable. Any thread.
    public long committedEnd() {
        return committedEnd;
    }

    void committedEnd(long newEnd) {
        committedEnd = newEnd;
    }

    /// What the log is called in the write-ahead log.
    byte[] id() {
        return id;
    }

    PartitionName name() {
        return name;
    }

    Path dir() {
        return dir;
    }

    Executor loop() {
        return loop;
    }

    /// From now on [#ring] runs this.
    public void whenMoved(Runnable newBell) {
        bell = newBell;
    }

    /// On the log's loop: the committed end has moved, or nothing will be committed any more.
    public void ring() {
        bell.run();
    }

    /// The same from any thread. Nobody is told when the loop has ended.
    public void ringOnLoop() {
        try {
            loop.execute(this::ring);
        } catch (RejectedExecutionException e) {
            LOG.debug("the loop of {} ended before it was told of what became of it", name, e);
        }
    }

    /// Adds bytes that were written. True when the log did not wait before.
    boolean add(PinnedFile file, long baseOffset, int fromBytes, int toBytes, long newEnd) {
        end = newEnd;
        int last = extents.size() - 1;
        if (last >= 0
                && extents.get(last).baseOffset() == baseOffset
                && extents.get(last).toBytes() == fromBytes) {
            var before = extents.get(last);
            extents.set(last, new Extent(before.file(), baseOffset, before.fromBytes(), toBytes, newEnd));
        } else {
            extents.add(new Extent(file.pin(), baseOffset, fromBytes, toBytes, newEnd));
        }
        return beginToWait();
    }

    /// Adds segments of which it is not known what of them is on the disk. True when the log did not
    /// wait before.
    boolean addWhole(List<Path> segments, long newEnd) {
        end = newEnd;
        whole.addAll(segments);
        return beginToWait();
    }

    private boolean beginToWait() {
        boolean begins = !waits;
        waits = true;
        return begins;
    }

    Taken take() {
        var taken = new Taken(this, extents, whole, end);
        extents = new ArrayList<>(2);
        if (!whole.isEmpty()) whole = new HashSet<>();
        waits = false;
        return taken;
    }

    /// The write-ahead log holds bytes of `segment` in frame `number` or a later one; `isNew` when its
    /// file is younger than the last sync of the folder.
    void copied(Path segment, boolean isNew, long number) {
        copied.add(segment);
        hasNewFiles |= isNew;
        noted(number);
    }

    /// The write-ahead log speaks of this log in frame `number`.
    void noted(long number) {
        firstFrame = Math.min(firstFrame, number);
        lastFrame = Math.max(lastFrame, number);
    }

    /// The first frame that cannot be given up because of this log.
    long firstFrame() {
        return firstFrame;
    }

    /// Segments of which there are copies in the write-ahead log, whose frames up to `number` are about
    /// to be given up. Later frames may hold copies of the same.
    Set<Path> takeCopied(long number) {
        if (lastFrame > number) {
            firstFrame = number + 1;
            return Set.copyOf(copied);
        }
        var taken = copied;
        copied = new HashSet<>();
        firstFrame = Long.MAX_VALUE;
        return taken;
    }

    /// Whether a frame that cannot be given up yet speaks of this log.
    boolean isNeeded() {
        return firstFrame != Long.MAX_VALUE;
    }

    /// Whether any frame ever spoke of this log: also one that was given up is read after a crash, as
    /// long as no later one says so.
    boolean wasNoted() {
        return lastFrame >= 0;
    }

    /// An earlier opening of the same log in this process may be spoken of.
    public void mayBeNoted() {
        lastFrame = Math.max(lastFrame, 0);
    }

    /// Whether files were made since this was last asked.
    boolean takeNewFiles() {
        boolean taken = hasNewFiles;
        hasNewFiles = false;
        return taken;
    }

    void cut(long newEnd) {
        committedEnd = Math.min(committedEnd, newEnd);
        cuts++;
    }

    /// How often the log was cut.
    int cuts() {
        return cuts;
    }
}
