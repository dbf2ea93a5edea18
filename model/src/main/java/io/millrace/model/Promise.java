package io.millrace.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An answer that may come later, on the same loop.
///
/// A promise belongs to one loop: it is completed there and its continuations run there, inside the call
/// that completes it. It is completed once. It never fails: refusals are values, and an accident is an
/// exception at the place where it happens.
///
/// @param <T> what is promised, never null
public final class Promise<T> {

    private @Nullable T value;
    private @Nullable Consumer<? super T> first;
    private @Nullable List<Consumer<? super T>> more;

    public Promise() {}

    /// A promise that is kept already.
    public static <T> Promise<T> of(T value) {
        var promise = new Promise<T>();
        promise.value = value;
        return promise;
    }

    /// Kept when every one of `parts` is, with their values in the same order.
    public static <T> Promise<List<T>> all(List<Promise<T>> parts) {
        var all = new Promise<List<T>>();
        int[] open = {1};
        Consumer<Object> count = _ -> {
            if (--open[0] == 0) all.complete(parts.stream().map(Promise::value).toList());
        };
        for (var part : parts) {
            if (part.isDone()) continue;
            open[0]++;
            part.then(count);
        }
        count.accept(parts);
        return all;
    }

    public boolean isDone() {
        return value != null;
    }

    /// The value of a promise that [isDone][#isDone].
    public T value() {
        if (value == null) throw new IllegalStateException("the promise is still open");
        return value;
    }

    /// Keeps the promise: continuations run now, in the order in which they were added.
    public void complete(T kept) {
        if (value != null) throw new IllegalStateException("the promise was kept before, with " + value);
        value = kept;
        var one = first;
        var others = more;
        first = null;
        more = null;
        if (one != null) one.accept(kept);
        if (others != null) others.forEach(next -> next.accept(kept));
    }

    /// Runs `next` with the value: now if it is there, else when it comes.
    public void then(Consumer<? super T> next) {
        if (value != null) {
            next.accept(value);
        } else if (first == null) {
            first = next;
        } else {
            if (more == null) more = new ArrayList<>(2);
            more.add(next);
        }
    }

    public <U> Promise<U> map(Function<? super T, ? extends U> change) {
        if (value != null) return Promise.of(change.apply(value));
        var mapped = new Promise<U>();
        then(kept -> mapped.complete(change.apply(kept)));
        return mapped;
    }

    public <U> Promise<U> flatMap(Function<? super T, Promise<U>> change) {
        if (value != null) return change.apply(value);
        var mapped = new Promise<U>();
        then(kept -> change.apply(kept).then(mapped::complete));
        return mapped;
    }
}
