package io.millrace.coordinator.group;

import io.millrace.coordinator.group.GroupRecord.GroupStored;
import org.jspecify.annotations.Nullable;

/// What can be stored, and how large it becomes.
final class Storing {

    /// Lengths and numbers of one member, and more than enough.
    private static final int FIXED_BYTES = 40;

    /// A char takes at most so many bytes of UTF-8.
    private static final int BYTES_PER_CHAR = 3;

    /// Texts are stored with a length of at most 32,767 bytes; so many chars always fit.
    private static final int MAX_CHARS = 32_767 / BYTES_PER_CHAR;

    private Storing() {}

    /// Whether a text that a client chose can be stored whatever it says.
    static boolean fits(@Nullable String text) {
        return text == null || text.length() <= MAX_CHARS;
    }

    static boolean fits(GroupCommand.Join join) {
        var terms = join.terms();
        if (!fits(join.client().id()) || !fits(join.who().instanceId()) || !fits(terms.protocolType())) return false;
        for (var protocol : terms.protocols()) if (!fits(protocol.name())) return false;
        return true;
    }

    /// The bytes of the record at most; ids are counted as if every char took its largest form.
    static long bytes(GroupStored stored) {
        long bytes = FIXED_BYTES + text(stored.protocolType()) + text(stored.protocol()) + text(stored.leader());
        for (var member : stored.members()) {
            bytes += FIXED_BYTES
                    + text(member.id())
                    + text(member.instanceId())
                    + text(member.client().id())
                    + text(member.client().host())
                    + member.subscription().sizeBytes()
                    + member.assignment().sizeBytes();
        }
        return bytes;
    }

    private static long text(@Nullable String text) {
        return text == null ? 0 : (long) BYTES_PER_CHAR * text.length();
    }
}
