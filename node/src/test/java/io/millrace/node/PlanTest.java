package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanTest {

    @Test
    void batchesUnpackToWhatTheSettingsSay() {
        assertEquals(64 << 20, Plan.of(Map.of()).maxUnpackedBytes());
        assertEquals(
                1000, Plan.of(Map.of("max.decompressed.message.bytes", "1000")).maxUnpackedBytes());
    }
}
