package io.millrace.disk;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An open segment file that stays open while anybody needs it: its segment, and every slice on its way
/// to a socket. Whoever makes it holds the first pin. Pins may be given back on any thread.
public final class PinnedFile {

    private static final Logger LOG = LoggerFactory.getLogger(PinnedFile.class);

    private final DiskFile file;
    private final Warmth warmth = new Warmth();
    private final AtomicInteger pins = new AtomicInteger(1);

    public PinnedFile(DiskFile file) {
        this.file = file;
    }

    public DiskFile file() {
        return file;
    }

    /// What is known of its pages.
    public Warmth warmth() {
        return warmth;
    }

    public PinnedFile pin() {
        if (pins.getAndIncrement() <= 0) throw new IllegalStateException("the file is closed already");
        return this;
    }

    public void unpin() {
        int left = pins.decrementAndGet();
        if (left < 0) throw new IllegalStateException("released more often than pinned");
        if (left > 0) return;
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("closing a segment file failed; what it holds was written before", e);
        }
    }
}
