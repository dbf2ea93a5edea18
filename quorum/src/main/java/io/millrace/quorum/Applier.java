package io.millrace.quorum;

import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.MetadataRecord;
import io.millrace.metadata.UnreadableRecordException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what is read from the log into images, on the log's thread, and hands them to the quorum.
///
/// What holds: an entry counts when it was decided on the last one that counted, and else leaves no trace. Entries
/// that are there together become one image: replaying a long log costs one change of the image, not thousands.
final class Applier implements MetadataLog.Reader {

    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    private static final int MAX_WAITING_RECORDS = 10_000;

    /// What the quorum learns: a new image, the last entry that counts, those that do not.
    record Applied(ClusterImage image, EntryId last, List<EntryId> dropped) {}

    /// Where the news goes. Called on the log's thread, must not block.
    interface Followers {

        void applied(Applied news);

        void leading(long term);

        void following();

        void failed(String why);
    }

    private final Followers followers;
    private final List<MetadataRecord> waiting = new ArrayList<>();
    private final List<EntryId> dropped = new ArrayList<>();
    private ClusterImage image = ClusterImage.EMPTY;
    private EntryId last = EntryId.NONE;
    private long readIndex;
    private long publishedIndex;

    Applier(Followers followers) {
        this.followers = followers;
    }

    @Override
    public void install(long index, byte[] snapshot) throws IOException {
        try {
            var whole = ImageSnapshot.decode(snapshot);
            waiting.clear();
            image = whole.image();
            last = whole.last();
            readIndex = image.index();
        } catch (UnreadableRecordException e) {
            throw new IOException("the metadata snapshot at index " + index + " cannot be read: " + e.getMessage(), e);
        }
        publish();
    }

    @Override
    public void read(long index, byte[] bytes) {
        var entry = LogEntry.decode(bytes);
        readIndex = index;
        if (entry.decidedOn().equals(last)) {
            last = entry.id();
            waiting.addAll(entry.records());
        } else {
            LOG.warn(
                    "metadata entry {} at index {} does not count: it was decided on {}, and the last one is {}",
                    entry.id(),
                    index,
                    entry.decidedOn(),
                    last);
            dropped.add(entry.id());
        }
        if (waiting.size() > MAX_WAITING_RECORDS) apply();
    }

    @Override
    public void caughtUp() {
        if (readIndex == publishedIndex) return;
        apply();
        publish();
    }

    @Override
    public byte[] snapshot() {
        apply();
        return new ImageSnapshot(last, image).encode();
    }

    @Override
    public void leading(long term) {
        followers.leading(term);
    }

    @Override
    public void following() {
        followers.following();
    }

    @Override
    public void failed(String why) {
        followers.failed(why);
    }

    private void apply() {
        if (readIndex == image.index()) return;
        image = image.after(waiting, readIndex);
        waiting.clear();
    }

    private void publish() {
        followers.applied(new Applied(image, last, List.copyOf(dropped)));
        dropped.clear();
        publishedIndex = image.index();
    }
}
