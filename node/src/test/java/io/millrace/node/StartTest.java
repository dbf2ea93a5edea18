package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// How long a start took is told by the system's own count, whatever the wall clock does.
class StartTest {

    private static final String AFTER_THE_NAME =
            " S 1 77 77 0 -1 4194560 11 0 0 0 1 2 0 0 20 0 9 0 %d 4096 100 18446744073709551615 1 1 0 0 0 0";

    @Test
    void theAgeOfAProcessIsTheMachinesAgeWithoutTheProcesssBeginning() {
        var stat = "4711 (java)" + AFTER_THE_NAME.formatted(1_108_012);
        assertEquals(440, Start.spawnedMsAgo("11080.56 20345.01\n", stat));
    }

    @Test
    void aNameMayHaveSpacesAndBrackets() {
        var stat = "4711 (a) b (c d)" + AFTER_THE_NAME.formatted(100);
        assertEquals(500, Start.spawnedMsAgo("1.50 3.00\n", stat));
    }
}
