package io.millrace.disk;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/// The files that the logs of one loop hold open for the next use. Of a few too many those that were
/// used longest ago are let go of: files of closed segments first, then active ones, to which nobody has
/// written for as long. Belongs to the loop.
public final class HeldFiles {

    /// Whoever holds a file open.
    public interface Holder {

        /// Lets go of it; it is opened again when it is needed.
        void letGoOfFile();
    }

    private final OpenFiles all;
    private final SequencedSet<Holder> closedSegments = new LinkedHashSet<>();
    private final SequencedSet<Holder> activeSegments = new LinkedHashSet<>();

    HeldFiles(OpenFiles all) {
        this.all = all;
    }

    /// `holder` uses the file of a closed segment, or has just opened it.
    public void usesClosed(Holder holder) {
        use(closedSegments, holder);
    }

    /// The same for the active segment of a log.
    public void usesActive(Holder holder) {
        use(activeSegments, holder);
    }

    private void use(SequencedSet<Holder> among, Holder holder) {
        if (!among.isEmpty() && among.getLast().equals(holder)) return;
        boolean isNew = !among.remove(holder);
        among.addLast(holder);
        if (!isNew) return;
        int most = all.shareOfALoop();
        while (closedSegments.size() + activeSegments.size() > most) letGoOfOne(holder);
    }

    private void letGoOfOne(Holder last) {
        boolean isThereAClosedOne =
                !closedSegments.isEmpty() && !closedSegments.getFirst().equals(last);
        var among = isThereAClosedOne ? closedSegments : activeSegments;
        among.removeFirst().letGoOfFile();
    }

    /// `holder` has let go of its file by itself.
    public void letsGo(Holder holder) {
        closedSegments.remove(holder);
        activeSegments.remove(holder);
    }

    /// Whether no file may be opened that need not be.
    public boolean areScarce() {
        return all.areScarce();
    }
}
