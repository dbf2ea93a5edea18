package io.millrace.node;

import io.millrace.http.HttpDoor;
import io.millrace.http.PrometheusMetrics;
import io.millrace.model.config.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// The web door, opened on a thread of its own: nothing that the main thread builds needs it.
final class WebDoor implements AutoCloseable {

    /// Empty where there shall be none.
    private final CompletableFuture<Optional<HttpDoor>> opening;

    private WebDoor(CompletableFuture<Optional<HttpDoor>> opening) {
        this.opening = opening;
    }

    /// Begins to open it.
    ///
    /// @param at where; empty for no door at all
    /// @throws StartRefused when the place is taken, as far as that can be told at once
    static WebDoor open(Optional<HostPort> at, PrometheusMetrics metrics, Progress progress) throws StartRefused {
        if (at.isEmpty()) return new WebDoor(CompletableFuture.completedFuture(Optional.empty()));
        settle(at.get());
        return new WebDoor(CompletableFuture.supplyAsync(
                () -> Optional.of(open(at.get(), metrics, progress)),
                opening -> Thread.ofPlatform().name("web-door").daemon().start(opening)));
    }

    private static void settle(HostPort at) throws StartRefused {
        try {
            Doors.probe(at);
        } catch (IOException e) {
            throw new StartRefused(
                    "cannot serve HTTP on %s (%s): is another program listening there? Choose another --http, or 'off'"
                            .formatted(at, e.getMessage()),
                    e);
        }
    }

    private static HttpDoor open(HostPort at, PrometheusMetrics metrics, Progress progress) {
        try {
            return HttpDoor.open(at.host(), at.port(), metrics, progress);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /// Waits until it is open: HOST:PORT, empty where there is none.
    String address() throws StartRefused, InterruptedException {
        try {
            return opening.get().map(door -> Doors.text(door.address())).orElse("");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw new StartRefused(String.valueOf(io.getMessage()), io);
            }
            throw new IllegalStateException("the web door could not be opened", e);
        }
    }

    /// Closes it, as soon as it is open; one that could not be opened needs no closing.
    @Override
    public void close() {
        var _ = opening.thenAccept(open -> open.ifPresent(HttpDoor::close));
    }
}
