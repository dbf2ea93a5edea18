package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.folder.PartitionName;
import io.millrace.log.OpenLogs.Slot;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class OpenLogsTest {

    private static final PartitionName NAME = new PartitionName("orders", 0);
    private static final Uuid OLD = new Uuid(1, 1);
    private static final Uuid NEW = new Uuid(2, 2);
    private static final Uuid NEWEST = new Uuid(3, 3);

    private final OpenLogs logs = new OpenLogs();
    private final List<Slot> granted = new ArrayList<>();

    @Test
    void aTopicTakesANameOnce() {
        assertTrue(logs.claim(NAME, OLD, granted::add));
        assertFalse(logs.claim(NAME, OLD, granted::add));
        assertEquals(1, granted.size());
        assertEquals(granted.getFirst(), logs.of(NAME, OLD));
        assertNull(logs.of(NAME, NEW));
    }

    @Test
    void whoeverComesNextWaitsForTheNameInTurn() {
        logs.claim(NAME, OLD, granted::add);
        assertTrue(logs.claim(NAME, NEW, granted::add));
        assertTrue(logs.claim(NAME, NEWEST, granted::add));
        assertEquals(1, granted.size());

        logs.free(NAME, granted.getFirst());
        assertEquals(2, granted.size());
        assertEquals(granted.get(1), logs.of(NAME, NEW));
        logs.free(NAME, granted.getFirst());
        assertEquals(2, granted.size(), "it has nothing to give back any more");

        logs.free(NAME, granted.get(1));
        assertEquals(granted.get(2), logs.of(NAME, NEWEST));
    }

    @Test
    void theSameTopicWaitsWhileItsEarlierLogIsPutAway() {
        logs.claim(NAME, OLD, granted::add);
        granted.getFirst().end();
        assertTrue(logs.claim(NAME, OLD, granted::add));
        assertEquals(1, granted.size());
        logs.free(NAME, granted.getFirst());
        assertEquals(2, granted.size());
    }

    @Test
    void whatIsBeingOpenedCannotBeDeletedYet() {
        logs.claim(NAME, OLD, granted::add);
        assertThrows(IllegalStateException.class, () -> granted.getFirst().delete());
    }
}
