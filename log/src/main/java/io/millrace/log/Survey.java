package io.millrace.log;

import io.millrace.disk.DiskFile;
import io.millrace.model.OffsetRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes through the bytes of a segment, or of a part of it, checksums included, and tells what is
/// whole from what is damaged. It can rest after any batch, and in between holds neither a buffer nor
/// an open file.
///
/// The base offset of a batch is not covered by its checksum. When a batch seems to begin before the one
/// that it follows ends, that one may be the damaged one: it is when it leaves a gap before it, and
/// would fit into it.
final class Survey {

    /// Where the bytes come from.
    interface Source {
        DiskFile open() throws IOException;
    }

    /// A run of bytes that is whole, or damaged.
    ///
    /// @param source  whence they were read
    /// @param offsets what is lost with them when they are damaged; where they begin when they are whole
    record Run(Source source, long fromBytes, long toBytes, boolean isGood, OffsetRange offsets) {

        long sizeBytes() {
            return toBytes - fromBytes;
        }
    }

    private final Source source;
    private final long endBytes;
    private final long endOffset;
    private final long durableEnd;
    private final List<Run> runs = new ArrayList<>();
    private Run good;

    /// Where it stands: `offset` is one past the last whole batch so far.
    private long at;

    private long offset;

    /// The last whole batch of the run, where it begins, and one past the last offset before it.
    private @Nullable OffsetRange last;

    private long lastAt;
    private long offsetBeforeLast;

    /// @param fromBytes where it begins
    /// @param endBytes  where it ends
    /// @param offsets   what may lie there
    /// @param durableEnd what is no batch from this offset on is a torn end, and no damage
    Survey(Source source, long fromBytes, long endBytes, OffsetRange offsets, long durableEnd) {
        this.source = source;
        this.at = fromBytes;
        this.endBytes = endBytes;
        this.offset = offsets.first();
        this.endOffset = offsets.end();
        this.durableEnd = durableEnd;
        this.good = good();
    }

    /// All of a closed segment.
    static Survey of(OldSegment segment, Source source) {
        var offsets = new OffsetRange(segment.baseOffset(), segment.endOffset());
        return new Survey(source, 0, segment.sizeBytes(), offsets, Long.MAX_VALUE);
    }

    /// A damaged run once more, from elsewhere.
    static Survey of(Run run, Source source) {
        return new Survey(source, run.fromBytes(), run.toBytes(), run.offsets(), Long.MAX_VALUE);
    }

    /// Looks at about `maxBytes` more; looking for the next whole batch behind damage goes on until it
    /// is found.
    ///
    /// @return whether something is left
    boolean step(long maxBytes) throws IOException {
        long until = maxBytes > endBytes - at ? endBytes : at + maxBytes;
        try (var file = source.open()) {
            var walk = walk(file);
            while (at < until) {
                if (isWhole(walk)) {
                    last = new OffsetRange(walk.header().baseOffset(), walk.nextOffset());
                    lastAt = at;
                    offsetBeforeLast = offset;
                    at = walk.endPositionBytes();
                    offset = walk.nextOffset();
                } else {
                    passDamage(file);
                    walk = walk(file);
                }
            }
        }
        return at < endBytes;
    }

    /// All of it in one go.
    List<Run> all() throws IOException {
        step(Long.MAX_VALUE);
        return runs();
    }

    /// What was found so far, without gaps from where it began.
    List<Run> runs() {
        var all = new ArrayList<>(runs);
        if (at > good.fromBytes()) all.add(endOfGood());
        return all;
    }

    long seenBytes() {
        return at;
    }

    private BatchWalk walk(DiskFile file) {
        return BatchWalk.contents(file, at, endBytes, offset);
    }

    private boolean isWhole(BatchWalk walk) throws IOException {
        return walk.next() && walk.nextOffset() <= endOffset && walk.crcMatches();
    }

    private void passDamage(DiskFile file) throws IOException {
        boolean liesBefore = lastIsWrong(file);
        long resumesAt = liesBefore ? at : BatchSearch.next(file, at + 1, endBytes, offset, endOffset);
        if (liesBefore) {
            at = lastAt;
            offset = offsetBeforeLast;
        }
        if (at > good.fromBytes()) runs.add(endOfGood());
        if (resumesAt < 0) {
            boolean isTorn = offset >= durableEnd;
            long end = Math.max(offset, Math.min(endOffset, durableEnd));
            runs.add(new Run(source, at, endBytes, isTorn, new OffsetRange(offset, end)));
            at = endBytes;
        } else {
            long resumes = baseOffsetAt(file, resumesAt);
            runs.add(new Run(source, at, resumesAt, false, new OffsetRange(offset, resumes)));
            at = resumesAt;
            offset = resumes;
        }
        last = null;
        good = good();
    }

    private boolean lastIsWrong(DiskFile file) throws IOException {
        var suspect = last;
        if (suspect == null || suspect.first() == offsetBeforeLast) return false;
        return isWhole(BatchWalk.contents(file, at, endBytes, offsetBeforeLast + suspect.count()));
    }

    private Run good() {
        return new Run(source, at, at, true, new OffsetRange(offset, offset));
    }

    private Run endOfGood() {
        return new Run(source, good.fromBytes(), at, true, good.offsets());
    }

    private static long baseOffsetAt(DiskFile file, long position) throws IOException {
        var bytes = ByteBuffer.allocate(Long.BYTES);
        file.readFully(bytes, position);
        return bytes.getLong(0);
    }
}
