package io.millrace.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromiseTest {

    @Test
    void continuationsRunInTheOrderTheyWereAdded() {
        var promise = new Promise<String>();
        var heard = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            int listener = i;
            promise.then(value -> heard.add(listener + value));
        }

        promise.complete("!");
        promise.then(value -> heard.add("late" + value));

        assertEquals(List.of("0!", "1!", "2!", "3!", "late!"), heard);
    }

    @Test
    void aPromiseIsKeptOnce() {
        var promise = Promise.of(1);

        assertThrows(IllegalStateException.class, () -> promise.complete(2));
        assertThrows(IllegalStateException.class, () -> new Promise<Integer>().value());
    }

    @Test
    void allWaitsForTheLastAndKeepsTheOrder() {
        var first = new Promise<String>();
        var second = Promise.of("b");
        var third = new Promise<String>();

        var all = Promise.all(List.of(first, second, third));
        third.complete("c");
        assertFalse(all.isDone());
        first.complete("a");

        assertEquals(List.of("a", "b", "c"), all.value());
        assertTrue(Promise.all(List.of()).isDone());
    }

    @Test
    void mapsChainThroughOpenPromises() {
        var start = new Promise<Integer>();
        var inner = new Promise<Integer>();

        var end = start.map(n -> n + 1).flatMap(n -> inner.map(m -> n * m));
        start.complete(2);
        assertFalse(end.isDone());
        inner.complete(10);

        assertEquals(30, end.value());
    }
}
