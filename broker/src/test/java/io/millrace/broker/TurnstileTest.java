package io.millrace.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.model.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnstileTest {

    private final Turnstile turnstile = new Turnstile(2);
    private final List<Promise<String>> atWork = new ArrayList<>();

    private Promise<String> pass() {
        return turnstile.pass(
                () -> {
                    var work = new Promise<String>();
                    atWork.add(work);
                    return work;
                },
                () -> "turned away");
    }

    @Test
    void fewAreAtWorkAndTheOthersComeInOrder() {
        var all = new ArrayList<Promise<String>>();
        for (int i = 0; i < 4; i++) all.add(pass());
        assertEquals(2, atWork.size());
        atWork.get(1).complete("b");
        assertEquals(3, atWork.size());
        assertEquals("b", all.get(1).value());
        atWork.get(0).complete("a");
        atWork.get(2).complete("c");
        atWork.get(3).complete("d");
        assertEquals(
                List.of("a", "b", "c", "d"), all.stream().map(Promise::value).toList());
    }

    @Test
    void aLongLineOfWhatIsDoneAtOnceNeedsNoDeepStack() {
        var first = pass();
        var second = pass();
        var all = new ArrayList<Promise<Integer>>();
        for (int i = 0; i < 100_000; i++) {
            int number = i;
            all.add(turnstile.pass(() -> Promise.of(number), () -> -1));
        }
        assertFalse(all.getFirst().isDone());
        atWork.getFirst().complete("go");
        assertEquals(99_999, all.getLast().value());
        assertEquals("go", first.value());
        assertFalse(second.isDone());
    }

    @Test
    void whoeverWaitsIsTurnedAwayWhenItIsShut() {
        var inside = pass();
        pass();
        var waiting = pass();
        turnstile.shut();
        assertEquals("turned away", waiting.value());
        assertEquals("turned away", pass().value());
        assertEquals(2, atWork.size());
        atWork.getFirst().complete("done");
        assertEquals("done", inside.value());
    }
}
