package io.millrace.disk;

import io.millrace.model.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How much space is left on the disk of a data folder, and whether producers may still use it. A part
/// is kept in reserve for everything else: offsets of groups, metadata, indexes, checkpoints, recovery.
///
/// A file thread looks every second. What logs wrote since counts against what was free then, so that
/// however much they write, they stop at the reserve, and somebody looks again sooner when half of it is
/// used up. Who appends reads one volatile field.
///
/// What holds: [#isFull] is true while less than the reserve is free, and after a write met a full disk
/// all the same ([#met]); then until there is a little more than the reserve, so that it does not
/// come and go.
///
/// Safe to use from any thread.
public final class DiskSpace {

    private static final long EVERY_MS = 1_000;
    private static final long MIB = 1L << 20;
    private static final long MOST_SLACK_BYTES = 16 * MIB;
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

    private final Path dir;
    private final Disk disk;
    private final FileWork work;
    private final long totalBytes;
    private final long reserveBytes;
    private final AtomicLong writtenBytes = new AtomicLong();
    /// It was said that nobody knows; not again until somebody does.
    private final AtomicBoolean cannotBeTold = new AtomicBoolean();

    private final AtomicBoolean isAsked = new AtomicBoolean();
    private volatile long freeBytes;

    /// Up to here `writtenBytes` may grow before somebody looks again: soon, and at once.
    private volatile long lookAt;

    private volatile long limit;
    private volatile boolean isFull;

    /// With this object's lock held: somebody saw that there is too little.
    private boolean wasSeen;

    /// @param reserveBytes see [#reserve]
    public DiskSpace(Path dir, Disk disk, FileWork work, long reserveBytes) throws IOException {
        this.dir = dir;
        this.disk = disk;
        this.work = work;
        this.totalBytes = disk.totalBytes(dir);
        this.reserveBytes = reserve(reserveBytes, totalBytes);
        look();
    }

    /// How much is kept in reserve.
    ///
    /// @param wishedBytes -1 for what is usual on a file system of that size: 512 MiB and 2% of it, but
    ///                    no more than a tenth
    static long reserve(long wishedBytes, long totalBytes) {
        return wishedBytes >= 0 ? wishedBytes : Math.min(512 * MIB + totalBytes / 50, totalBytes / 10);
    }

    /// From now on somebody looks every second.
    public void begin(Metrics metrics) {
        var folder = dir.toString();
        metrics.gauge("millrace_disk_free_bytes", "Free space on a data folder's disk", this::free, "dir", folder);
        metrics.gauge("millrace_disk_size_bytes", "Size of a data folder's disk", () -> totalBytes, "dir", folder);
        metrics.gauge(
                "millrace_disk_reserve_bytes",
                "Space on a data folder's disk that producers may not use",
                () -> reserveBytes,
                "dir",
                folder);
        metrics.gauge(
                "millrace_disk_full",
                "Whether producers are refused for want of space: 0 or 1",
                () -> isFull ? 1 : 0,
                "dir",
                folder);
        lookLater();
    }

    private void lookLater() {
        work.syncLater(EVERY_MS, () -> {
            lookLater();
            lookSoon();
        });
    }

    private void lookSoon() {
        if (!isAsked.compareAndSet(false, true)) return;
        try {
            work.run(() -> {
                isAsked.set(false);
                lookNow();
            });
        } catch (RejectedExecutionException e) {
            isAsked.set(false);
            LOG.debug("nobody has the time to look how much space {} has", dir, e);
        }
    }

    private void lookNow() {
        try {
            look();
            cannotBeTold.set(false);
        } catch (IOException e) {
            if (cannotBeTold.compareAndSet(false, true)) {
                LOG.warn("how much space the disk of {} has cannot be told", dir, e);
            }
        }
    }

    private synchronized void look() throws IOException {
        long before = writtenBytes.get();
        long free = disk.freeBytes(dir);
        freeBytes = free;
        long usable = Math.max(0, free - reserveBytes);
        lookAt = before + usable / 2;
        limit = before + usable;
        boolean tooLittle = free < reserveBytes + (wasSeen ? slackBytes() : 0);
        if (tooLittle != wasSeen) saw(tooLittle);
        isFull = wasSeen;
    }

    private void saw(boolean tooLittle) {
        wasSeen = tooLittle;
        if (tooLittle) {
            LOG.warn("{}: producers are told to come again later; everything else goes on", why());
        } else {
            LOG.info("the disk of {} has space again, {} MiB: producers may go on", dir, freeBytes / MIB);
        }
    }

    private long slackBytes() {
        return Math.max(reserveBytes / 10, Math.min(MOST_SLACK_BYTES, totalBytes / 100));
    }

    /// So many more bytes were written.
    public void wrote(long bytes) {
        long now = writtenBytes.addAndGet(bytes);
        if (now > limit && reserveBytes > 0) isFull = true;
        if (now > lookAt) lookSoon();
    }

    /// A write met a full disk, whatever was thought to be free.
    public void met(DiskFullException cause) {
        synchronized (this) {
            if (!wasSeen) {
                LOG.warn("a write to {} did not fit", dir, cause);
                saw(true);
            }
            isFull = true;
        }
        lookSoon();
    }

    /// Whether there is no space for producers.
    public boolean isFull() {
        return isFull;
    }

    /// Why they are refused.
    public String why() {
        return "the disk of data folder %s is full: %d MiB are free, %d MiB are kept in reserve"
                .formatted(dir, freeBytes / MIB, reserveBytes / MIB);
    }

    private long free() {
        return freeBytes;
    }

    public long totalBytes() {
        return totalBytes;
    }
}
