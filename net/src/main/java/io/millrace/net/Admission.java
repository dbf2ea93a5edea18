package io.millrace.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// How many connections are open, in total and from each address. Connections enter on the accepting loop and
/// leave on their own.
final class Admission {

    private final int maxTotal;
    private final int maxPerAddress;
    private final AtomicInteger total = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    Admission(int maxTotal, int maxPerAddress) {
        this.maxTotal = maxTotal;
        this.maxPerAddress = maxPerAddress;
    }

    /// Lets a connection in, or says why not. What was let in must [#leave].
    @Nullable
    CloseReason enter(InetAddress from) {
        if (total.get() >= maxTotal) return CloseReason.TOO_MANY;
        if (byAddress.merge(from, 1, Integer::sum) > maxPerAddress) {
            forget(from);
            return CloseReason.TOO_MANY_FROM_ADDRESS;
        }
        total.incrementAndGet();
        return null;
    }

    void leave(InetAddress from) {
        total.decrementAndGet();
        forget(from);
    }

    int total() {
        return total.get();
    }

    private void forget(InetAddress from) {
        byAddress.computeIfPresent(from, (_, count) -> count == 1 ? null : count - 1);
    }
}
