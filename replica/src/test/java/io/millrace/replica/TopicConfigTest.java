package io.millrace.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.model.config.ConfigValues;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicConfigTest {

    private static int level(String codec) {
        var settings = new HashMap<>(Map.of("compression.type", codec));
        settings.put("compression.gzip.level", "7");
        settings.put("compression.lz4.level", "12");
        settings.put("compression.zstd.level", "-5");
        return TopicConfig.from(ConfigValues.of(settings)).codecLevel();
    }

    @Test
    void theLevelIsThatOfTheCodec() {
        assertEquals(7, level("gzip"));
        assertEquals(12, level("lz4"));
        assertEquals(-5, level("zstd"));
        assertEquals(0, level("snappy"));
        assertEquals(0, level("producer"));
    }
}
