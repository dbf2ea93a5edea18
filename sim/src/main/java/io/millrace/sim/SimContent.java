package io.millrace.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What lies in a file: in the page cache, and on the platter.
///
/// The unit that is written whole is a sector. Between two syncs any sector may reach the platter by
/// itself, at any time, in any order, and so may the file's size; a sector that was never written reads
/// as zeros. A file that was cut and grew again either lost the cut with all that came after it, or lost
/// what was before.
///
/// What holds after every method:
/// 1. A page that is not there is all zeros, in the cache and on the platter.
/// 2. Beyond the file's size the cache is all zeros.
/// 3. A sector whose bit is not set in `dirty` is equal in both, but for what a failed sync gave up.
final class SimContent implements SimNode {

    static final int SECTOR_BYTES = 512;

    private static final int PAGE_BYTES = 4096;
    private static final int PAGE_SECTORS = PAGE_BYTES / SECTOR_BYTES;
    private static final byte[] ZEROS = new byte[PAGE_BYTES];
    private static final long NOT_CUT = Long.MAX_VALUE;

    /// How likely a sector that was not synced survives; each file draws one of these at a power cut.
    private static final double[] SURVIVAL = {0, 0.1, 0.5, 0.9, 1};

    /// While clean, both arrays are one.
    private static final class Page {
        private byte[] cache = ZEROS;
        private byte[] platter = ZEROS;
        private int dirty;

        @SuppressWarnings("ReferenceEquality") // whether it is one array, not whether the bytes are the same
        boolean isShared() {
            return cache == platter;
        }

        byte[] writable() {
            if (isShared()) cache = platter.clone();
            return cache;
        }

        /// Brings these sectors to the platter.
        void write(int sectors) {
            int written = dirty & sectors;
            if (written == 0) return;
            if (written == dirty && !isLost()) {
                platter = cache;
            } else {
                var next = platter.clone();
                for (int i = 0; i < PAGE_SECTORS; i++) {
                    if ((written >> i & 1) == 0) continue;
                    System.arraycopy(cache, i * SECTOR_BYTES, next, i * SECTOR_BYTES, SECTOR_BYTES);
                }
                platter = next;
            }
            dirty &= ~written;
        }

        /// Whether a clean sector differs from the platter.
        boolean isLost() {
            if (isShared()) return false;
            for (int i = 0; i < PAGE_SECTORS; i++) {
                if ((dirty >> i & 1) != 0) continue;
                int at = i * SECTOR_BYTES;
                if (!Arrays.equals(cache, at, at + SECTOR_BYTES, platter, at, at + SECTOR_BYTES)) return true;
            }
            return false;
        }
    }

    private @Nullable Page[] pages = new Page[1];
    private int firstDirty = Integer.MAX_VALUE;
    private int endDirty;
    private long sizeBytes;
    private long platterBytes;
    private long cutTo = NOT_CUT;
    private boolean hasLost;
    private long modifiedMs;

    SimContent(long nowMs) {
        modifiedMs = nowMs;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    long modifiedMs() {
        return modifiedMs;
    }

    void modifiedMs(long wallMs) {
        modifiedMs = wallMs;
    }

    /// Whether a failed sync gave up something that was not written again since.
    boolean hasLost() {
        return hasLost;
    }

    /// Reads as much as there is; -1 at the end.
    int read(ByteBuffer target, long positionBytes) {
        if (positionBytes >= sizeBytes) return -1;
        int count = (int) Math.min(target.remaining(), sizeBytes - positionBytes);
        int done = 0;
        while (done < count) {
            int at = (int) ((positionBytes + done) % PAGE_BYTES);
            int some = Math.min(count - done, PAGE_BYTES - at);
            var page = pages[(int) ((positionBytes + done) / PAGE_BYTES)];
            target.put(page == null ? ZEROS : page.cache, at, some);
            done += some;
        }
        return count;
    }

    /// Writes all of `source` into the cache.
    void write(ByteBuffer source, long positionBytes, long nowMs) {
        long at = positionBytes;
        while (source.hasRemaining()) {
            int inPage = (int) (at % PAGE_BYTES);
            int some = Math.min(source.remaining(), PAGE_BYTES - inPage);
            int number = (int) (at / PAGE_BYTES);
            var page = page(number);
            source.get(page.writable(), inPage, some);
            for (int i = inPage / SECTOR_BYTES; i * SECTOR_BYTES < inPage + some; i++) page.dirty |= 1 << i;
            firstDirty = Math.min(firstDirty, number);
            endDirty = Math.max(endDirty, number + 1);
            at += some;
        }
        sizeBytes = Math.max(sizeBytes, at);
        modifiedMs = nowMs;
    }

    private Page page(int number) {
        if (number >= pages.length) pages = Arrays.copyOf(pages, Math.max(number + 1, pages.length * 2));
        var page = pages[number];
        if (page == null) {
            page = new Page();
            pages[number] = page;
        }
        return page;
    }

    /// Cuts the file in the cache.
    void truncate(long newSizeBytes, long nowMs) {
        modifiedMs = nowMs;
        if (newSizeBytes >= sizeBytes) return;
        for (int i = (int) (newSizeBytes / PAGE_BYTES); i < pages.length; i++) {
            var page = pages[i];
            if (page == null) continue;
            int keep = Math.clamp(newSizeBytes - (long) i * PAGE_BYTES, 0, PAGE_BYTES);
            Arrays.fill(page.writable(), keep, PAGE_BYTES, (byte) 0);
            for (int sector = 0; sector < PAGE_SECTORS; sector++) {
                if (sector * SECTOR_BYTES >= keep) page.dirty &= ~(1 << sector);
            }
        }
        sizeBytes = newSizeBytes;
        cutTo = Math.min(cutTo, newSizeBytes);
    }

    /// Brings everything to the platter.
    void sync() {
        cutPlatter();
        for (int i = firstDirty; i < endDirty; i++) {
            var page = pages[i];
            if (page != null) page.write(-1);
        }
        clean();
        platterBytes = sizeBytes;
    }

    private void clean() {
        firstDirty = Integer.MAX_VALUE;
        endDirty = 0;
    }

    /// Brings some of it there: what a machine does by itself, and what a sync does that a crash
    /// cuts short.
    void syncSome(RandomGenerator random) {
        cutPlatter();
        double survival = draw(random);
        for (int i = firstDirty; i < endDirty; i++) {
            var page = pages[i];
            if (page != null) page.write(some(random, survival));
        }
        platterBytes = between(platterBytes, sizeBytes, random);
    }

    /// A sync that fails: some of it is there, the rest counts as written although it is not, until
    /// somebody writes it again.
    void failSync(RandomGenerator random) {
        syncSome(random);
        for (int i = firstDirty; i < endDirty; i++) {
            var page = pages[i];
            if (page != null) page.dirty = 0;
        }
        clean();
        hasLost = true;
    }

    /// Drops pages that look clean: what is read next is what the platter has.
    void evict() {
        for (var page : pages) {
            if (page == null || page.dirty != 0 || page.isShared()) continue;
            page.cache = page.platter;
        }
        cleanBeyond(sizeBytes);
    }

    /// The machine lost power: what is on the platter now is what the file holds.
    void losePower(RandomGenerator random) {
        boolean cutSurvives = cutTo >= platterBytes || random.nextBoolean();
        if (cutSurvives) {
            syncSome(random);
            sizeBytes = platterBytes;
        } else {
            // the cut is lost, and what was written behind it with it
            double survival = draw(random);
            for (int i = firstDirty; i < endDirty; i++) {
                var page = pages[i];
                long sectorsBefore = cutTo / SECTOR_BYTES - (long) i * PAGE_SECTORS;
                int before = sectorsBefore >= PAGE_SECTORS ? -1 : (1 << (int) Math.max(0, sectorsBefore)) - 1;
                if (page != null) page.write(some(random, survival) & before);
            }
            sizeBytes = platterBytes;
            cutTo = NOT_CUT;
        }
        for (var page : pages) {
            if (page == null) continue;
            page.cache = page.platter;
            page.dirty = 0;
        }
        clean();
        hasLost = false;
        cleanBeyond(sizeBytes);
    }

    /// Zeros behind the end, in the cache and on the platter.
    private void cleanBeyond(long endBytes) {
        for (int i = (int) (endBytes / PAGE_BYTES); i < pages.length; i++) {
            var page = pages[i];
            if (page == null) continue;
            int keep = Math.clamp(endBytes - (long) i * PAGE_BYTES, 0, PAGE_BYTES);
            Arrays.fill(page.writable(), keep, PAGE_BYTES, (byte) 0);
            if (page.dirty == 0) page.platter = page.cache;
        }
    }

    /// Brings a cut to the platter; what is written behind it later cannot be there before it.
    private void cutPlatter() {
        if (cutTo != NOT_CUT) {
            platterBytes = Math.min(platterBytes, cutTo);
            for (int i = (int) (cutTo / PAGE_BYTES); i < pages.length; i++) {
                var page = pages[i];
                if (page == null || page.isShared()) continue;
                int keep = Math.clamp(cutTo - (long) i * PAGE_BYTES, 0, PAGE_BYTES);
                var next = page.platter.clone();
                Arrays.fill(next, keep, PAGE_BYTES, (byte) 0);
                page.platter = page.dirty == 0 && Arrays.equals(next, page.cache) ? page.cache : next;
            }
        }
        cutTo = NOT_CUT;
    }

    private static double draw(RandomGenerator random) {
        return SURVIVAL[random.nextInt(SURVIVAL.length)];
    }

    private static int some(RandomGenerator random, double survival) {
        if (survival == 0) return 0;
        if (survival == 1) return -1;
        int sectors = 0;
        for (int i = 0; i < PAGE_SECTORS; i++) {
            if (random.nextDouble() < survival) sectors |= 1 << i;
        }
        return sectors;
    }

    private static long between(long one, long other, RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> one;
            case 1 -> other;
            default -> {
                long least = Math.min(one, other);
                yield least + random.nextLong(Math.abs(one - other) + 1);
            }
        };
    }

    /// Turns one bit around, in the cache and on the platter: the medium forgot.
    void flipBit(long positionBytes, int bit) {
        int number = (int) (positionBytes / PAGE_BYTES);
        int at = (int) (positionBytes % PAGE_BYTES);
        var page = page(number);
        byte changed = (byte) (page.cache[at] ^ 1 << bit);
        page.writable()[at] = changed;
        var next = page.platter.clone();
        next[at] = changed;
        page.platter = next;
    }

    /// Puts the bytes of sector `from`, or zeros when that is -1, in the place of sector `to`: a write
    /// that was lost, or went to a wrong place.
    void misdirect(long from, long to) {
        var bytes = new byte[SECTOR_BYTES];
        if (from >= 0) read(ByteBuffer.wrap(bytes), from * SECTOR_BYTES);
        var page = page((int) (to / PAGE_SECTORS));
        int at = (int) (to % PAGE_SECTORS) * SECTOR_BYTES;
        System.arraycopy(bytes, 0, page.writable(), at, SECTOR_BYTES);
        var next = page.platter.clone();
        System.arraycopy(bytes, 0, next, at, SECTOR_BYTES);
        page.platter = next;
    }
}
