package io.millrace.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where the last batches of the active segment lie, so that whoever reads at the end needs no look at the file.
/// A ring that grows with use up to [#MOST] and then forgets the oldest.
final class RecentBatches {

    static final int MOST = 256;
    private static final int FIRST = 8;

    private long[] bases = new long[0];
    private long[] ends = new long[0];
    private int[] positions = new int[0];
    private int[] sizes = new int[0];
    private int next;
    private int count;

    void add(long baseOffset, long endOffset, int positionBytes, int sizeBytes) {
        if (count == bases.length && count < MOST) grow();
        bases[next] = baseOffset;
        ends[next] = endOffset;
        positions[next] = positionBytes;
        sizes[next] = sizeBytes;
        next = (next + 1) & (bases.length - 1);
        if (count < bases.length) count++;
    }

    void clear() {
        next = 0;
        count = 0;
    }

    /// The first batch that ends after `offset`, if it is known here; null when it may be older than all that
    /// are.
    @Nullable
    BatchPlace find(long offset) {
        if (count == 0 || offset < bases[slot(0)]) return null;
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[slot(middle)] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        int slot = slot(low);
        if (ends[slot] <= offset) return null;
        return new BatchPlace(bases[slot], ends[slot], positions[slot], sizes[slot]);
    }

    private int slot(int index) {
        return (next - count + index) & (bases.length - 1);
    }

    /// Only called while the ring is full, so that the oldest lies at `next`.
    private void grow() {
        int length = Math.max(FIRST, bases.length * 2);
        int oldest = next;
        next = count;
        bases = unrolled(bases, oldest, length);
        ends = unrolled(ends, oldest, length);
        positions = unrolled(positions, oldest, length);
        sizes = unrolled(sizes, oldest, length);
    }

    private static long[] unrolled(long[] ring, int oldest, int length) {
        var longer = Arrays.copyOfRange(ring, oldest, oldest + length);
        System.arraycopy(ring, 0, longer, ring.length - oldest, oldest);
        return longer;
    }

    private static int[] unrolled(int[] ring, int oldest, int length) {
        var longer = Arrays.copyOfRange(ring, oldest, oldest + length);
        System.arraycopy(ring, 0, longer, ring.length - oldest, oldest);
        return longer;
    }
}
