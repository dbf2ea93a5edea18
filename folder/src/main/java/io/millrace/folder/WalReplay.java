package io.millrace.folder;

import io.millrace.disk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what the write-ahead log holds after a crash into the segments, and what it promises into the
/// checkpoints. Done before any log is opened, and again from the start when it is interrupted.
///
/// Bytes go where they were written before the crash, over the same bytes or over nothing. So it does
/// not matter how much of them had reached the segments.
public final class WalReplay {

    private static final int MOST_OPEN_FILES = 200;
    private static final Logger LOG = LoggerFactory.getLogger(WalReplay.class);

    private final FolderPlace folder;
    private final WalFrames frames;
    private final Map<WalLog, WalTail> tails = new HashMap<>();
    private final LinkedHashMap<Path, DiskFile> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<Path> touched = new LinkedHashSet<>();
    private long entries;
    private long bytes;

    private WalReplay(FolderPlace folder, WalFrames frames) {
        this.folder = folder;
        this.frames = frames;
    }

    /// The write-ahead log of `folder`, after everything in it was applied.
    public static WriteAheadLog open(FolderPlace folder, CommitLimits limits) throws IOException {
        var frames = WalFrames.find(folder.disk(), folder.dir());
        new WalReplay(folder, frames).run();
        return new WriteAheadLog(folder.disk(), folder.dir(), limits, frames.files(), frames.lastNumber() + 1);
    }

    private void run() throws IOException {
        frames.read(
                entry -> tails.computeIfAbsent(entry.log(), _ -> new WalTail()).note(entries++, entry));
        tails.entrySet().removeIf(tail -> tail.getValue().isGone() || !isHere(tail.getKey()));
        if (tails.isEmpty()) return;

        entries = 0;
        try {
            frames.read(this::apply);
            for (var tail : tails.entrySet()) finishCut(tail.getKey(), tail.getValue());
        } finally {
            for (var file : open.values()) file.close();
        }
        syncTouched();
        tails.forEach((log, tail) -> promise(log.name(), tail));
        folder.checkpoints().write();
        LOG.info("{}: {} bytes of {} partitions came back from the write-ahead log", folder.dir(), bytes, tails.size());
    }

    private void promise(PartitionName name, WalTail tail) {
        var points = folder.checkpoints();
        points.durablePoint(name, tail.durableEnd(points.durablePoint(name)));
    }

    private boolean isHere(WalLog log) {
        var dir = dir(log);
        try {
            if (folder.disk().isDirectory(dir)
                    && PartitionMetadata.read(folder.disk(), dir).equals(Optional.of(log.topicId()))) return true;
            LOG.debug("{} of topic {} is not here any more", log.name(), log.topicId());
        } catch (IOException e) {
            LOG.warn("what the write-ahead log holds of {} is not applied", dir, e);
        }
        return false;
    }

    private Path dir(WalLog log) {
        return folder.dir().resolve(log.name().folder());
    }

    private void apply(WalEntry entry) throws IOException {
        long number = entries++;
        if (!(entry instanceof WalEntry.Data data)) return;
        var tail = tails.get(data.log());
        if (tail == null
                || data.endOffset()
                        <= folder.checkpoints().recoveryPoint(data.log().name())) return;
        int valid = tail.validBytes(number, data);
        if (valid == 0) return;
        var path = SegmentFiles.of(dir(data.log()), data.baseOffset(), SegmentFiles.LOG);
        file(path).write(data.bytes().slice(0, valid), data.positionBytes());
        touched.add(path);
        bytes += valid;
    }

    private DiskFile file(Path path) throws IOException {
        var known = open.get(path);
        if (known != null) return known;
        if (open.size() == MOST_OPEN_FILES) open.pollFirstEntry().getValue().close();
        var file = folder.disk().openToAppend(path);
        open.put(path, file);
        return file;
    }

    /// A cut that was promised and is not followed by anything may not have reached the files.
    private void finishCut(WalLog log, WalTail tail) throws IOException {
        var cut = tail.openCut();
        if (cut == null) return;
        var points = folder.checkpoints();
        points.recoveryPoint(log.name(), Math.min(points.recoveryPoint(log.name()), cut.endOffset()));
        for (var name : folder.disk().list(dir(log))) {
            var base = SegmentFiles.offset(name, SegmentFiles.LOG);
            if (base.isEmpty() || base.getAsLong() < cut.baseOffset()) continue;
            var path = dir(log).resolve(name);
            long size = base.getAsLong() > cut.baseOffset() ? 0 : cut.positionBytes();
            if (folder.disk().sizeBytes(path) <= size && base.getAsLong() == cut.baseOffset()) continue;
            LOG.info("{} is cut to {} bytes, as was decided before the crash", path, size);
            file(path).truncate(size);
            touched.add(path);
        }
    }

    private void syncTouched() throws IOException {
        var dirs = new LinkedHashSet<Path>();
        for (var path : touched) {
            try (var file = folder.disk().openToRead(path)) {
                file.sync();
            } catch (NoSuchFileException e) {
                throw new IOException("a segment that was just written is missing", e);
            }
            dirs.add(path.resolveSibling("."));
        }
        for (var dir : dirs) folder.disk().syncDirectory(dir.normalize());
    }
}
