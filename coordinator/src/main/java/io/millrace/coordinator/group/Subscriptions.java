package io.millrace.coordinator.group;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads which topics consumers subscribe to, out of what they say when they join.
///
/// Every version of that message begins as version 0 does: two bytes of version, then the names of topics. The rest
/// is not looked at. Foreign bytes are not an error: then the topics are not known.
final class Subscriptions {

    private Subscriptions() {}

    /// The topics of all members together, or null when one of them cannot be read.
    static @Nullable Set<String> of(List<Opaque> subscriptions) {
        var topics = new HashSet<String>();
        for (var one : subscriptions) if (!addTopics(one.bytes(), topics)) return null;
        return topics;
    }

    private static boolean addTopics(byte[] bytes, Set<String> topics) {
        if (bytes.length < 6 || shortAt(bytes, 0) < 0) return false;
        int count = (shortAt(bytes, 2) << 16) | (shortAt(bytes, 4) & 0xffff);
        if (count < 0 || count > (bytes.length - 6) / 2) return false;
        int at = 6;
        for (int i = 0; i < count; i++) {
            if (bytes.length - at < 2) return false;
            int length = shortAt(bytes, at);
            at += 2;
            if (length < 0 || length > bytes.length - at) return false;
            topics.add(new String(bytes, at, length, StandardCharsets.UTF_8));
            at += length;
        }
        return true;
    }

    private static int shortAt(byte[] bytes, int at) {
        return (bytes[at] << 8) | (bytes[at + 1] & 0xff);
    }
}
