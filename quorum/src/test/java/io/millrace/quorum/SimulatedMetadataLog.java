package io.millrace.quorum;

import io.millrace.model.Promise;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A metadata log that lives in memory: nodes agree by sharing an [Agreement]. Everything happens on one thread, in
/// an order that follows from the calls.
public final class SimulatedMetadataLog implements MetadataLog {

    /// What is agreed on: the disk of all voters. It outlives the logs that read it.
    public static final class Agreement {

        private static final int MAX_ENTRY_BYTES = 4 << 20;

        private record Underway(Bytes entry, Promise<Outcome> promise, Executor loop) {}

        private final Executor world;
        private final List<byte[]> entries = new ArrayList<>();
        private final List<SimulatedMetadataLog> logs = new ArrayList<>();
        private final ArrayDeque<Underway> underWay = new ArrayDeque<>();
        private @Nullable SimulatedMetadataLog leader;
        private byte[] snapshot = new byte[0];
        private long snapshotIndex;
        private long term;
        private boolean held;
        private int toLose;

        /// @param world where readers are called
        public Agreement(Executor world) {
            this.world = world;
        }

        /// Agrees on nothing more until [#release].
        public void hold() {
            held = true;
        }

        public void release() {
            held = false;
            agree();
        }

        /// Loses the next `count` proposals: their proposers are told so, and they never turn up.
        public void loseNext(int count) {
            toLose = count;
        }

        /// Makes the log lead in a new term, after everything agreed on so far.
        public void elect(SimulatedMetadataLog log) {
            stepDown();
            leader = log;
            long now = ++term;
            log.tell(reader -> reader.leading(now));
        }

        /// Leaves the nodes without a leader; what is under way is lost.
        public void stepDown() {
            var before = leader;
            leader = null;
            while (!underWay.isEmpty()) lose(underWay.poll(), "the leader changed");
            if (before != null) before.tell(Reader::following);
        }

        /// Puts an entry at the end, as a leader of another node would.
        public void append(byte[] entry) {
            entries.add(entry);
            for (var log : List.copyOf(logs)) log.readOn();
        }

        /// Replaces all entries so far by a snapshot of what `from` has read; later logs begin with it.
        public void compact(SimulatedMetadataLog from) {
            snapshotIndex = from.read;
            snapshot = from.reader().snapshot();
        }

        private void agree() {
            while (!held && !underWay.isEmpty()) {
                var next = underWay.poll();
                if (toLose > 0) {
                    toLose--;
                    lose(next, "lost");
                } else {
                    entries.add(next.entry().bytes());
                    long index = entries.size();
                    next.loop().execute(() -> next.promise().complete(new Committed(index)));
                    for (var log : List.copyOf(logs)) log.readOn();
                }
            }
        }

        private static void lose(Underway proposal, String why) {
            proposal.loop().execute(() -> proposal.promise().complete(new Lost(why)));
        }
    }

    /// An entry.
    private interface Bytes {
        byte[] bytes();
    }

    /// News for a reader.
    private interface News {
        void tell(Reader reader) throws IOException;
    }

    private final Agreement agreement;
    private @Nullable Reader reader;
    private long read;
    private boolean closed;

    public SimulatedMetadataLog(Agreement agreement) {
        this.agreement = agreement;
    }

    /// The first log to start leads.
    @Override
    public void start(Reader first) throws IOException {
        reader = first;
        read = 0;
        agreement.logs.add(this);
        agreement.world.execute(() -> {
            if (agreement.snapshotIndex > 0) {
                deliver(it -> it.install(agreement.snapshotIndex, agreement.snapshot));
                read = agreement.snapshotIndex;
            }
            readOn();
            if (agreement.leader == null) agreement.elect(this);
        });
    }

    private void readOn() {
        agreement.world.execute(() -> {
            boolean any = false;
            while (!closed && read < agreement.entries.size()) {
                long index = ++read;
                deliver(it -> it.read(index, agreement.entries.get((int) index - 1)));
                any = true;
            }
            if (any) deliver(Reader::caughtUp);
        });
    }

    private void tell(News news) {
        agreement.world.execute(() -> deliver(news));
    }

    private void deliver(News news) {
        if (closed) return;
        try {
            news.tell(reader());
        } catch (IOException | RuntimeException e) {
            closed = true;
            reader().failed(String.valueOf(e.getMessage()));
        }
    }

    private Reader reader() {
        if (reader == null) throw new IllegalStateException("the log was not started");
        return reader;
    }

    @Override
    public Promise<Outcome> propose(byte[] entry, Executor loop) {
        if (entry.length > maxEntryBytes()) throw new IllegalArgumentException("too long: " + entry.length);
        var promise = new Promise<Outcome>();
        var proposal = new Agreement.Underway(() -> entry, promise, loop);
        agreement.world.execute(() -> {
            if (closed || agreement.leader != this) {
                Agreement.lose(proposal, "not the leader");
            } else {
                agreement.underWay.add(proposal);
                agreement.agree();
            }
        });
        return promise;
    }

    @Override
    public int maxEntryBytes() {
        return Agreement.MAX_ENTRY_BYTES;
    }

    /// A leader that closes leaves the others without one.
    @Override
    public void close() {
        if (closed) return;
        if (agreement.leader == this) agreement.stepDown();
        closed = true;
        agreement.logs.remove(this);
    }
}
