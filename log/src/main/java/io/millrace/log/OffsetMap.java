package io.millrace.log;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The last offset of every key, in a fixed amount of memory however long the keys are. Used by one thread at a time.
///
/// A key is known by 128 bits of its SHA-256: nobody can find two keys that are taken for one another, so the last
/// value of a key is never dropped for another key's sake. A slot is three numbers, two of hash and one of offset;
/// a look-up goes from slot to slot in steps that the key's own hash gives, over a prime number of slots.
final class OffsetMap {

    /// What a slot takes.
    static final int SLOT_BYTES = 24;

    /// Answers [#lastOffset] for a key that is not there.
    static final long NOT_THERE = -1;

    private static final int SLOT_WORDS = 3;
    /// Primes may lie this far apart.
    private static final double SLACK = 1.1;

    private static final long LEAST_SLOTS = 11;
    private static final long MOST_SLOTS = (Integer.MAX_VALUE - 8) / SLOT_WORDS;

    private final MessageDigest digest;
    private final ByteBuffer hash;
    private final long[] words;
    private final int slots;
    private final int mostKeys;
    private int keys;

    /// @param maxBytes   memory for slots
    /// @param loadFactor how many of the slots may be taken, between 0 and 1
    /// @param mostNeeded more keys than this will not come; no more memory is taken than they need
    OffsetMap(long maxBytes, double loadFactor, long mostNeeded) {
        double enough = (double) mostNeeded / loadFactor * SLACK + LEAST_SLOTS;
        double wanted = Math.min((double) maxBytes / SLOT_BYTES, enough);
        slots = primeUpTo((int) Math.clamp((long) wanted, LEAST_SLOTS, MOST_SLOTS));
        mostKeys = Math.clamp((long) (slots * loadFactor), 1, slots - 1);
        words = new long[slots * SLOT_WORDS];
        digest = sha256();
        hash = ByteBuffer.allocate(digest.getDigestLength());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static int primeUpTo(int number) {
        int candidate = number;
        while (!isPrime(candidate)) candidate--;
        return candidate;
    }

    private static boolean isPrime(int number) {
        for (int divisor = 2; (long) divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) return false;
        }
        return number >= 2;
    }

    /// Notes that `key` was seen at `offset`; offsets come in ascending order. The key is not moved.
    ///
    /// @return false when there is no room for another key; nothing has changed then
    boolean put(ByteBuffer key, long offset) {
        int slot = find(key);
        if (words[slot + 2] == 0) {
            if (keys == mostKeys) return false;
            keys++;
            words[slot] = hash.getLong(0);
            words[slot + 1] = hash.getLong(Long.BYTES);
        }
        words[slot + 2] = offset + 1;
        return true;
    }

    /// The last offset noted of `key`, or [#NOT_THERE].
    long lastOffset(ByteBuffer key) {
        return words[find(key) + 2] - 1;
    }

    /// Where the key's slot begins, or the free one that it would get; there always is a free one. Leaves its hash
    /// in `hash`.
    private int find(ByteBuffer key) {
        digest.update(key.duplicate());
        try {
            digest.digest(hash.array(), 0, hash.capacity());
        } catch (java.security.DigestException e) {
            throw new IllegalStateException("the buffer has the digest's length", e);
        }
        long first = hash.getLong(0);
        long second = hash.getLong(Long.BYTES);
        int slot = (int) Math.floorMod(first, (long) slots);
        int step = 1 + (int) Math.floorMod(second, (long) slots - 1);
        while (true) {
            int at = slot * SLOT_WORDS;
            boolean isHere = words[at] == first && words[at + 1] == second;
            if (isHere || words[at + 2] == 0) return at;
            slot = (int) (((long) slot + step) % slots);
        }
    }

    int keys() {
        return keys;
    }

    /// How many keys fit.
    int mostKeys() {
        return mostKeys;
    }

    /// Memory taken by the slots.
    long sizeBytes() {
        return (long) words.length * Long.BYTES;
    }
}
