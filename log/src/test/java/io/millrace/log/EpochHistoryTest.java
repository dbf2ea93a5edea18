package io.millrace.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class EpochHistoryTest {

    private final EpochHistory history = new EpochHistory();

    @Test
    void nothingIsKnownAtFirst() {
        assertEquals(-1, history.latest());
        assertEquals(-1, history.epochOf(5));
        assertEquals(EpochEnd.UNKNOWN, history.endOf(0, 10));
    }

    @Test
    void anEpochEndsWhereTheNextBegins() {
        history.begin(2, 10);
        history.begin(4, 30);

        assertEquals(new EpochEnd(2, 30), history.endOf(2, 50));
        assertEquals(new EpochEnd(2, 30), history.endOf(3, 50));
        assertEquals(new EpochEnd(4, 50), history.endOf(4, 50));
        assertEquals(new EpochEnd(1, 10), history.endOf(1, 50));
        assertEquals(EpochEnd.UNKNOWN, history.endOf(5, 50));
        assertEquals(EpochEnd.UNKNOWN, history.endOf(-1, 50));
        assertEquals(2, history.epochOf(29));
        assertEquals(4, history.epochOf(30));
        assertEquals(-1, history.epochOf(9));
    }

    @Test
    void anEpochThatWroteNothingGivesWay() {
        history.begin(2, 10);
        history.begin(3, 30);
        history.begin(4, 30);

        assertEquals("[Entry[epoch=2, startOffset=10], Entry[epoch=4, startOffset=30]]", history.toString());
    }

    @Test
    void aKnownEpochStaysWhereItBegan() {
        history.begin(2, 10);
        history.begin(2, 20);
        history.begin(5, 40);
        history.begin(2, 40);

        assertEquals("[Entry[epoch=2, startOffset=10]]", history.toString());
    }

    @Test
    void itIsCutAndTrimmedWithTheLog() {
        history.begin(1, 0);
        history.begin(2, 10);
        history.begin(3, 20);

        history.cutTo(20);
        assertEquals(2, history.latest());

        history.trimTo(15);
        assertEquals("[Entry[epoch=2, startOffset=15]]", history.toString());
    }
}
