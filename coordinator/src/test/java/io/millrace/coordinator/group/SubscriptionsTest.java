package io.millrace.coordinator.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {

    @Test
    void topicsOfAllMembersAreRead() {
        assertEquals(Set.of("a", "orders"), Subscriptions.of(List.of(says("a", "orders"), says("orders"), says())));
        assertEquals(Set.of(), Subscriptions.of(List.of()));
    }

    @Test
    void foreignBytesAreNotKnown() {
        assertNull(Subscriptions.of(List.of(says("a"), Opaque.EMPTY)));
        assertNull(Subscriptions.of(List.of(Shard.bytes("says range"))));
    }

    @Test
    void anyBytesAreKnownOrNot() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            var bytes = random.nextBoolean()
                    ? new byte[random.nextInt(40)]
                    : says("orders", "b").bytes().clone();
            for (int j = random.nextInt(6); j > 0 && bytes.length > 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                Subscriptions.of(List.of(Opaque.of(bytes)));
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + i, e);
            }
        }
    }

    private static Opaque says(String... topics) {
        var buffer = ByteBuffer.allocate(200).putShort((short) 3).putInt(topics.length);
        for (var topic : topics) {
            var name = topic.getBytes(StandardCharsets.UTF_8);
            buffer.putShort((short) name.length).put(name);
        }
        buffer.putInt(-1);
        var bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return Opaque.of(bytes);
    }
}
