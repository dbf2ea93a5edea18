package io.millrace.replica;

import io.millrace.log.FolderScrubber;
import io.millrace.log.FolderScrubber.Outcome;
import io.millrace.model.PartitionId;
import io.millrace.model.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Has every partition of this node verified, one at a time, pass after pass ([FolderScrubber]). Looks
/// every few seconds for what is due: the rest of a pass, partitions that were opened since, or all of
/// them when the next pass begins. Lives on the loop of the first shard, and asks the others.
public final class ScrubRounds {

    private static final long LOOK_EVERY_NS = TimeUnit.SECONDS.toNanos(10);

    /// A partition of which something is to be verified.
    ///
    /// @param shard the one that owns it
    private record Due(Shard shard, PartitionId id) {}

    private final Shards shards;
    private final Shard home;
    private final Hosting hosting;
    private final FolderScrubber scrubber;
    private boolean isUnderWay;

    public ScrubRounds(Shards shards, Hosting hosting) {
        this.shards = shards;
        this.home = shards.all().getFirst();
        this.hosting = hosting;
        this.scrubber = hosting.folder().scrubber();
    }

    /// Goes on for as long as the loops do. Called once, from any thread.
    public void begin() {
        Shards.tell(home, this::look);
    }

    /// Also while a partition is being verified: how fast, or whether at all, may have changed.
    private void look() {
        home.loop().later(LOOK_EVERY_NS, this::look);
        var settings = settings();
        scrubber.limitTo(settings.bytesPerSecond());
        if (isUnderWay || !settings.isOn()) return;
        isUnderWay = true;
        Promise.all(shards.all().stream().map(this::due).toList()).then(this::verify);
    }

    private ScrubSettings settings() {
        return ScrubSettings.from(hosting.serverValues().apply(home.image()));
    }

    private Promise<List<Due>> due(Shard shard) {
        return shards.on(
                shard,
                home,
                there -> Promise.of(there.unverified().stream()
                        .map(id -> new Due(there, id))
                        .toList()),
                List::of);
    }

    private void verify(List<List<Due>> found) {
        var due = new ArrayDeque<Due>();
        found.forEach(due::addAll);
        if (due.isEmpty()) scrubber.beginPass(settings().intervalMs());
        next(due);
    }

    private void next(ArrayDeque<Due> left) {
        var next = left.poll();
        if (next == null || !settings().isOn()) {
            scrubber.tellPass();
            isUnderWay = false;
            return;
        }
        shards.on(next.shard(), home, there -> there.verify(next.id()), () -> Outcome.NOT_NOW)
                .then(_ -> Shards.tell(home, () -> next(left)));
    }
}
