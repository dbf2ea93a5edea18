package io.millrace.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/// Goes through a segment file and tells whole batches from bytes that are none, by the rules by which a
/// broker looks for damage: behind damage it goes on at the next whole batch.
///
/// The base offset of a batch is not covered by its checksum. When a batch seems to begin before the one
/// that it follows ends, that one may be the damaged one: it is when it leaves a gap before it, and would
/// fit into it.
final class SegmentWalk {

    /// Hears what lies in the file, in order.
    interface Listener {

        void whole(FileChannelRecordBatch batch) throws IOException;

        void damaged(Damage damage) throws IOException;
    }

    /// Bytes that are no whole batch.
    ///
    /// @param first   the first offset that is lost with them
    /// @param end     one past the last; [#UNKNOWN] when nothing follows that would say it
    /// @param isFrame whether it looks like a batch that is all there, so that a write which did not
    ///                finish cannot have left it
    /// @param isAtEnd whether no whole batch follows
    /// @param why     what is wrong with the first of them
    record Damage(long fromBytes, long toBytes, long first, long end, boolean isFrame, boolean isAtEnd, String why) {

        long sizeBytes() {
            return toBytes - fromBytes;
        }
    }

    /// The offset of what is not there.
    static final long UNKNOWN = -1;

    private static final int PREFIX_BYTES = 12;
    private static final int LEAST_HEADER_BYTES = 17;
    private static final int OLD_HEADER_BYTES = 26;
    private static final int HEADER_BYTES = DefaultRecordBatch.RECORD_BATCH_OVERHEAD;
    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int WINDOW_BYTES = 256 << 10;

    private final FileRecords file;
    private final long size;
    private final long baseOffset;
    private final long nextBase;
    private final Listener listener;

    /// Where it stands; `offset` is one past the last whole batch so far.
    private long at;

    private long offset;

    /// The batch before, which what follows may show to be damaged, and one past the last offset before it.
    private @Nullable Whole last;

    private long offsetBeforeLast;

    private sealed interface Seen {}

    private record Whole(FileChannelRecordBatch batch, long first, long end) implements Seen {

        long count() {
            return end - first;
        }

        int endBytes() {
            return batch.position() + batch.sizeInBytes();
        }
    }

    /// @param frameEnd where the batch would end that this looks like; [#UNKNOWN] when it looks like none
    private record None(String why, long frameEnd) implements Seen {}

    /// @param baseOffset of the segment
    /// @param nextBase   of the segment after it; [#UNKNOWN] when there is none
    SegmentWalk(FileRecords file, long baseOffset, long nextBase, Listener listener) {
        this.file = file;
        this.size = file.sizeInBytes();
        this.baseOffset = baseOffset;
        this.nextBase = nextBase;
        this.listener = listener;
        this.offset = baseOffset;
    }

    /// Goes from the beginning to the end.
    void run() throws IOException {
        while (at < size) {
            switch (look(at, offset)) {
                case Whole whole -> goOn(whole);
                case None none -> passDamage(none);
            }
        }
        if (lastIsWrong(following(Optional.empty()))) tellLastIsWrong(size, nextBase);
        else tellLast();
    }

    private void goOn(Whole whole) throws IOException {
        tellLast();
        last = whole;
        offsetBeforeLast = offset;
        at = whole.endBytes();
        offset = whole.end();
    }

    private void passDamage(None none) throws IOException {
        var next = resume(none);
        long resumesAt = next.map(whole -> (long) whole.batch().position()).orElse(size);
        long follows = following(next);
        if (lastIsWrong(follows)) {
            tellLastIsWrong(resumesAt, follows);
        } else {
            tellLast();
            long end = next.isPresent() ? next.get().first() : nextBase;
            if (end != UNKNOWN) end = Math.max(end, offset);
            listener.damaged(
                    new Damage(at, resumesAt, offset, end, none.frameEnd() != UNKNOWN, next.isEmpty(), none.why()));
        }
        at = resumesAt;
        if (next.isPresent()) offset = next.get().first();
    }

    private void tellLast() throws IOException {
        var whole = last;
        last = null;
        if (whole != null) listener.whole(whole.batch());
    }

    /// The first offset after what is looked at; the largest number when nothing follows.
    private long following(Optional<Whole> next) {
        if (next.isPresent()) return next.get().first();
        return nextBase == UNKNOWN ? Long.MAX_VALUE : nextBase;
    }

    private boolean lastIsWrong(long follows) {
        var suspect = last;
        return suspect != null && mayBeWrong(suspect) && suspect.end() > follows && leastEnd(suspect) <= follows;
    }

    private boolean mayBeWrong(Whole suspect) {
        return suspect.batch().magic() == RecordBatch.MAGIC_VALUE_V2 && suspect.first() > offsetBeforeLast;
    }

    /// Where the last batch ends if it follows the one before without a gap.
    private long leastEnd(Whole suspect) {
        return offsetBeforeLast + suspect.count();
    }

    private void tellLastIsWrong(long toBytes, long follows) throws IOException {
        var wrong = last;
        if (wrong == null) return;
        last = null;
        offset = offsetBeforeLast;
        var why = "it says that it begins at offset %d, where what follows begins at %d"
                .formatted(wrong.first(), follows);
        listener.damaged(
                new Damage(wrong.batch().position(), toBytes, offsetBeforeLast, follows, true, toBytes == size, why));
    }

    /// The next whole batch behind what is none; the place itself counts when the batch before it may be the
    /// damaged one. An embedded batch in the bytes of a damaged one is not taken for the next, as long as
    /// its length is sound.
    private Optional<Whole> resume(None none) throws IOException {
        long least = last != null && mayBeWrong(last) ? leastEnd(last) : offset;
        if (least < offset && look(at, least) instanceof Whole whole) return Optional.of(whole);
        if (none.frameEnd() != UNKNOWN && look(none.frameEnd(), least) instanceof Whole whole) {
            return Optional.of(whole);
        }
        return search(at + 1, least);
    }

    private Optional<Whole> search(long fromBytes, long least) throws IOException {
        var window = ByteBuffer.allocate(WINDOW_BYTES);
        long from = fromBytes;
        while (from + HEADER_BYTES <= size) {
            window.clear().limit((int) Math.min(WINDOW_BYTES, size - from));
            read(window, from);
            int until = window.limit() - HEADER_BYTES;
            if (until < 0) return Optional.empty();
            for (int i = 0; i <= until; i++) {
                if (!BatchCandidate.mayBeginAt(window, i)) continue;
                long first = window.getLong(i);
                if (first < least || (nextBase != UNKNOWN && first >= nextBase)) continue;
                if (look(from + i, least) instanceof Whole whole) return Optional.of(whole);
            }
            from += until + 1;
        }
        return Optional.empty();
    }

    /// What lies at a place, where offsets begin at `least` or later.
    private Seen look(long position, long least) throws IOException {
        long left = size - position;
        if (left < LEAST_HEADER_BYTES) return new None("%d bytes are too few for a batch".formatted(left), UNKNOWN);
        var header = ByteBuffer.allocate((int) Math.min(HEADER_BYTES, left));
        read(header, position);
        if (header.limit() < LEAST_HEADER_BYTES) return new None("the file ends there", UNKNOWN);

        long end = PREFIX_BYTES + (long) header.getInt(LENGTH_AT);
        byte magic = header.get(MAGIC_AT);
        boolean isOld = magic == RecordBatch.MAGIC_VALUE_V0 || magic == RecordBatch.MAGIC_VALUE_V1;
        if (!isOld && magic != RecordBatch.MAGIC_VALUE_V2)
            return new None("no format has the number " + magic, UNKNOWN);
        if (end < (isOld ? OLD_HEADER_BYTES : HEADER_BYTES) || end > left) {
            return new None("its length says %d bytes, and there are %d".formatted(end, left), UNKNOWN);
        }
        var none = misplaced(header, isOld, least);
        if (!none.isEmpty()) return new None(none, position + end);
        FileChannelRecordBatch batch;
        try {
            batch = file.batchesFrom((int) position).iterator().next();
            batch.ensureValid();
        } catch (RuntimeException e) {
            return new None(Explain.said(e), position + end);
        }
        long first = header.getLong(0);
        return new Whole(batch, first, first + (isOld ? 0 : header.getInt(LAST_OFFSET_DELTA_AT)) + 1);
    }

    /// Why the offsets of a batch cannot be; empty when they can.
    private String misplaced(ByteBuffer header, boolean isOld, long least) {
        long first = header.getLong(0);
        long delta = isOld ? 0 : header.getInt(LAST_OFFSET_DELTA_AT);
        if (first < least) {
            return least == baseOffset
                    ? "offset %d comes before the segment begins, at %d".formatted(first, baseOffset)
                    : "offset %d comes after offset %d".formatted(first, least - 1);
        }
        if (delta < 0) return "it ends at offset %d before it begins at %d".formatted(first + delta, first);
        if (first - baseOffset > Integer.MAX_VALUE - delta) {
            return "it says that it begins at offset %d, beyond what a segment from %d on can hold"
                    .formatted(first, baseOffset);
        }
        return "";
    }

    private void read(ByteBuffer into, long position) throws IOException {
        while (into.hasRemaining()) {
            if (file.channel().read(into, position + into.position()) < 0) break;
        }
        into.flip();
    }
}
