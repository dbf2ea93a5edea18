package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompactionNewsTest {

    @Test
    void aTopicThatGetsCompactionIsWarnedOf() {
        var neither = Optional.of("topic t: cleanup.policy=compact is kept as is: compaction is not there yet, "
                + "records are neither compacted nor deleted");
        assertEquals(neither, CompactionNews.warning("t", null, "compact"));
        assertEquals(neither, CompactionNews.warning("t", "delete", "compact"));
        assertEquals(
                Optional.of("topic t: cleanup.policy=delete,compact is kept as is: compaction is not there yet, "
                        + "records are deleted by age and size, and not compacted"),
                CompactionNews.warning("t", "delete", "delete,compact"));
    }

    @Test
    void whatIsNoNewsIsNotTold() {
        assertEquals(Optional.empty(), CompactionNews.warning("t", "compact", "compact"));
        assertEquals(Optional.empty(), CompactionNews.warning("t", "compact", "delete"));
        assertEquals(Optional.empty(), CompactionNews.warning("t", null, "delete"));
        assertEquals(Optional.empty(), CompactionNews.warning("t", null, null));
        assertEquals(Optional.empty(), CompactionNews.warning("t", null, ""));
    }
}
