package io.millrace.quorum;

import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.Controller;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerAnswer.Refused;
import io.millrace.metadata.ControllerCommand;
import io.millrace.metadata.ControllerCommand.CreateCluster;
import io.millrace.metadata.Decided;
import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.net.Loop;
import io.millrace.quorum.MetadataLog.Lost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster's metadata as this node knows it, and the way to change it.
///
/// While this node leads, commands are decided here, one after the other, each against the image as it
/// will be when everything decided before it is agreed on. What they decided goes into the log at once,
/// so that many entries share one sync. Answers wait until what they rest on is agreed on and applied.
///
/// What holds:
/// 1. [#image] only moves forward, and is the same on every node at the same index.
/// 2. No answer rests on an entry that does not count: when one is lost, all answers that wait become
///    refusals that tell the client to try again, and deciding starts over from the agreed image.
/// 3. At most [#MAX_WAITING] answers and [#MAX_BYTES_UNDER_WAY] of entries wait; more are refused.
public final class Quorum implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Quorum.class);

    static final int MAX_WAITING = 1024;
    static final long MAX_BYTES_UNDER_WAY = 16L << 20;

    private record Waiter(long index, Consumer<ClusterImage> next) {}

    private final MetadataLog log;
    private final Controller controller;
    private final String clusterId;
    private final Loop home;
    private final Clock clock;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile ClusterImage image = ClusterImage.EMPTY;

    // On the home loop alone:
    private final List<Waiter> waiters = new ArrayList<>();
    private @Nullable Leadership leadership;
    private EntryId lastCounted = EntryId.NONE;
    private long bytesUnderWay;

    private Quorum(MetadataLog log, Controller controller, String clusterId, Loop home, Clock clock) {
        this.log = log;
        this.controller = controller;
        this.clusterId = clusterId;
        this.home = home;
        this.clock = clock;
    }

    /// Opens the log, reads it, and waits until this node leads. A new log begins with the cluster's id.
    /// Blocks, so it must not be called on a loop.
    ///
    /// @param clusterId whose log it must be
    /// @param home      where commands are decided
    /// @throws IOException when the log cannot be opened or read, is another cluster's, or has no leader
    ///                     in time; everything is closed then
    public static Quorum start(
            MetadataLog log, Controller controller, String clusterId, Loop home, Clock clock, Duration timeout)
            throws IOException {
        if (home.isHere()) throw new IllegalStateException("a quorum must not be started on a loop");
        var quorum = open(log, controller, clusterId, home, clock);
        try {
            quorum.awaitReady(timeout);
            return quorum;
        } catch (IOException | RuntimeException e) {
            quorum.close();
            throw e;
        }
    }

    /// Opens the log and does not wait for anything.
    static Quorum open(MetadataLog log, Controller controller, String clusterId, Loop home, Clock clock)
            throws IOException {
        var quorum = new Quorum(log, controller, clusterId, home, clock);
        try {
            log.start(new Applier(quorum.new News()));
            return quorum;
        } catch (IOException | RuntimeException e) {
            quorum.close();
            throw e;
        }
    }

    private void awaitReady(Duration timeout) throws IOException {
        try {
            ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the metadata log has no leader after %d ms".formatted(timeout.toMillis()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the metadata log", e);
        } catch (ExecutionException e) {
            var cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IOException(cause.getMessage(), cause);
        }
    }

    /// The newest image that is applied. Any thread.
    public ClusterImage image() {
        return image;
    }

    /// An image with a larger index than `index`: now if there is one, else as soon as it is applied.
    ///
    /// @param loop the loop of the calling thread, where the promise is kept
    public Promise<ClusterImage> after(long index, Loop loop) {
        var now = image;
        if (now.index() > index) return Promise.of(now);
        var promise = new Promise<ClusterImage>();
        var waiter = new Waiter(index, later -> keep(promise, later, loop));
        home.execute(() -> {
            if (image.index() > index) waiter.next().accept(image);
            else waiters.add(waiter);
        });
        return promise;
    }

    /// Asks the controller. The answer is an [ControllerAnswer.Refused] with a code that tells the
    /// client to try again when this node does not lead, stops leading before the answer is safe, or has
    /// too much to do.
    ///
    /// @param loop the loop of the calling thread, where the promise is kept
    public Promise<ControllerAnswer> ask(ControllerCommand command, Loop loop) {
        var promise = new Promise<ControllerAnswer>();
        Consumer<ControllerAnswer> asker = answer -> keep(promise, answer, loop);
        if (home.isHere()) decide(command, asker);
        else home.execute(() -> decide(command, asker));
        return promise;
    }

    private static <T> void keep(Promise<T> promise, T value, Loop loop) {
        if (loop.isHere()) promise.complete(value);
        else loop.execute(() -> promise.complete(value));
    }

    private void decide(ControllerCommand command, Consumer<ControllerAnswer> asker) {
        var leading = leadership;
        if (leading == null) {
            asker.accept(notLeading());
        } else if (leading.waiting() >= MAX_WAITING || bytesUnderWay >= MAX_BYTES_UNDER_WAY) {
            asker.accept(new Refused(Errors.REQUEST_TIMED_OUT, "The controller has too much to do; try again."));
        } else {
            try {
                decide(leading, command, asker);
            } catch (RuntimeException e) {
                LOG.error(
                        "the controller failed to decide {}", command.getClass().getSimpleName(), e);
                asker.accept(new Refused(Errors.UNKNOWN_SERVER_ERROR, "The controller failed to decide: " + e));
            }
        }
    }

    private void decide(Leadership leading, ControllerCommand command, Consumer<ControllerAnswer> asker) {
        var decided = controller.decide(leading.ahead(), command, clock.wallMs());
        if (!decided.records().isEmpty() && !propose(leading, decided)) {
            asker.accept(new Refused(Errors.POLICY_VIOLATION, "Unable to perform excessively large batch operation."));
            return;
        }
        leading.answer(decided.answer(), asker);
    }

    /// False when the entry would be too long; nothing changed then.
    private boolean propose(Leadership leading, Decided decided) {
        var entry = leading.entry(decided.records());
        byte[] bytes = entry.encode();
        if (bytes.length > log.maxEntryBytes()) return false;
        leading.proposed(entry);
        bytesUnderWay += bytes.length;
        log.propose(bytes, home).then(outcome -> {
            bytesUnderWay -= bytes.length;
            if (outcome instanceof Lost(var why) && leading.awaits(entry.id())) lost(leading, why);
        });
        return true;
    }

    /// Something that was proposed may never count, so nothing decided on it will.
    private void lost(Leadership leading, String why) {
        if (leadership != leading) return;
        LOG.warn(
                "proposals in term {} were lost: {}; deciding again from index {}", leading.term(), why, image.index());
        leadership = new Leadership(leading.term(), image, lastCounted, leading.nextSequence());
        leading.abandon(notLeading());
        if (!ready.isDone()) begin();
    }

    private static ControllerAnswer notLeading() {
        return new Refused(Errors.NOT_CONTROLLER, "There is no controller for now; try again.");
    }

    private void stopLeading() {
        var leading = leadership;
        leadership = null;
        if (leading != null) leading.abandon(notLeading());
    }

    /// Ends. Whoever waits for an answer is refused; whoever waits for an image waits for ever.
    @Override
    public void close() {
        log.close();
        ready.completeExceptionally(new IOException("the metadata log is closed"));
        try {
            home.execute(this::stopLeading);
        } catch (RejectedExecutionException e) {
            LOG.debug("the loop of the quorum ended before it; nobody waits for answers any more", e);
        }
    }

    /// What the log's thread tells, handed on to the loop.
    private final class News implements Applier.Followers {

        @Override
        public void applied(Applier.Applied news) {
            home.execute(() -> {
                image = news.image();
                lastCounted = news.last();
                var leading = leadership;
                if (leading != null) leading.agreed(news.image(), news.last());
                // before the answers: whoever has one, and asks again, is to find what it is about
                wake();
                if (leading == null) return;
                leading.giveAnswers();
                news.dropped().stream()
                        .filter(leading::awaits)
                        .findFirst()
                        .ifPresent(id -> lost(leading, "entry " + id + " was decided on one that does not count"));
            });
        }

        @Override
        public void leading(long term) {
            home.execute(() -> {
                stopLeading();
                LOG.info("leading in term {} from index {}", term, image.index());
                leadership = new Leadership(term, image, lastCounted, 1);
                begin();
            });
        }

        @Override
        public void following() {
            home.execute(() -> {
                if (leadership != null) LOG.info("no longer leading in term {}", leadership.term());
                stopLeading();
            });
        }

        @Override
        public void failed(String why) {
            LOG.error("the metadata log failed and goes no further: {}", why);
            ready.completeExceptionally(new IOException("the metadata log failed: " + why));
            home.execute(Quorum.this::stopLeading);
        }
    }

    private void begin() {
        var known = image.clusterId();
        if (known.isEmpty()) {
            decide(new CreateCluster(clusterId), this::begun);
        } else if (known.equals(clusterId)) {
            ready.complete(null);
        } else {
            ready.completeExceptionally(
                    new IOException("the metadata log is that of cluster %s, not of %s".formatted(known, clusterId)));
        }
    }

    /// When the command was lost, it is asked again, by [#lost] or the next leadership.
    private void begun(ControllerAnswer answer) {
        if (answer instanceof Refused(var code, var message))
            LOG.warn("the cluster did not begin: {} {}", code, message);
        else ready.complete(null);
    }

    private void wake() {
        var now = image;
        var woken = new ArrayList<Waiter>();
        waiters.removeIf(waiter -> now.index() > waiter.index() && woken.add(waiter));
        woken.forEach(waiter -> waiter.next().accept(now));
    }
}
