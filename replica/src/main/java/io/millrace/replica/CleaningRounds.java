package io.millrace.replica;

import io.millrace.log.CleaningResult.Outcome;
import io.millrace.log.Dirtiness;
import io.millrace.model.PartitionId;
import io.millrace.model.Promise;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Chooses which partition of this node is compacted next: of those that are due, the one of which most
/// is not compacted. One at a time, until none is due; then it waits. Lives on the loop of the first
/// shard, and asks the others.
public final class CleaningRounds {

    /// A partition that has something to compact.
    ///
    /// @param shard the one that owns it
    record Candidate(Shard shard, PartitionId id, Dirtiness dirtiness) {}

    private final Shards shards;
    private final Shard home;
    private final Hosting hosting;

    public CleaningRounds(Shards shards, Hosting hosting) {
        this.shards = shards;
        this.home = shards.all().getFirst();
        this.hosting = hosting;
    }

    /// Goes on for as long as the loops do. Called once, from any thread.
    public void begin() {
        Shards.tell(home, this::later);
    }

    private void later() {
        home.loop().later(TimeUnit.MILLISECONDS.toNanos(settings().backoffMs()), () -> next(Set.of()));
    }

    private CleaningSettings settings() {
        return CleaningSettings.from(hosting.serverValues().apply(home.image()));
    }

    /// Compacts one partition after the other.
    ///
    /// @param tried those that were tried since the last wait, to no avail
    private void next(Set<PartitionId> tried) {
        if (!settings().isOn()) {
            later();
            return;
        }
        Promise.all(shards.all().stream().map(shard -> dirtiest(shard, tried)).toList())
                .then(found -> choose(found, tried));
    }

    private Promise<Optional<Candidate>> dirtiest(Shard shard, Set<PartitionId> tried) {
        return shards.on(shard, home, there -> Promise.of(there.dirtiest(tried)), Optional::empty);
    }

    private void choose(List<Optional<Candidate>> found, Set<PartitionId> tried) {
        var dirtiest = found.stream().flatMap(Optional::stream).reduce(CleaningRounds::dirtier);
        if (tried.isEmpty()) {
            hosting.folder()
                    .cleaner()
                    .dirtiest(dirtiest.map(one -> one.dirtiness().ratio()).orElse(0.0));
        }
        if (dirtiest.isEmpty() || !dirtiest.get().dirtiness().isDue()) {
            later();
            return;
        }
        var chosen = dirtiest.get();
        var limits = settings().limits();
        shards.on(chosen.shard(), home, there -> there.clean(chosen.id(), limits), () -> Outcome.LOG_CHANGED)
                .then(outcome -> cleaned(chosen.id(), outcome, tried));
    }

    private void cleaned(PartitionId id, Outcome outcome, Set<PartitionId> tried) {
        if (outcome == Outcome.CLEANED) {
            next(tried);
            return;
        }
        var more = new HashSet<>(tried);
        more.add(id);
        next(more);
    }

    /// What is due goes before what is not, then what has the larger share to compact.
    static Candidate dirtier(Candidate one, Candidate other) {
        if (one.dirtiness().isDue() != other.dirtiness().isDue())
            return one.dirtiness().isDue() ? one : other;
        return one.dirtiness().ratio() >= other.dirtiness().ratio() ? one : other;
    }
}
