package io.millrace.quorum;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Remembers what a log told it, and wakes the loop of the test. Its snapshot is all that it read.
final class RecordingReader implements MetadataLog.Reader {

    private final HandLoop loop;
    private final List<String> entries = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final List<Long> terms = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int caughtUpAt;

    RecordingReader(HandLoop loop) {
        this.loop = loop;
    }

    /// All entries, those of a snapshot included.
    synchronized List<String> entries() {
        return List.copyOf(entries);
    }

    /// The indexes of the entries that were read one by one.
    synchronized List<Long> indexes() {
        return List.copyOf(indexes);
    }

    /// The terms in which it led.
    synchronized List<Long> terms() {
        return List.copyOf(terms);
    }

    /// `installed 3`, `leading after 3`, `following`, with numbers of entries.
    synchronized List<String> events() {
        return List.copyOf(events);
    }

    synchronized boolean isLeading() {
        return !events.isEmpty() && events.getLast().startsWith("leading");
    }

    /// How many entries were there when the log last said that there are no more.
    synchronized int caughtUpAt() {
        return caughtUpAt;
    }

    /// Why the log goes no further: nothing, or one reason.
    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public synchronized void install(long index, byte[] snapshot) throws IOException {
        entries.clear();
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            for (int left = in.readInt(); left > 0; left--) {
                entries.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
        }
        note("installed " + entries.size());
    }

    @Override
    public synchronized void read(long index, byte[] entry) {
        var text = new String(entry, StandardCharsets.UTF_8);
        if (text.equals("poison")) throw new IllegalArgumentException("this entry is poison");
        entries.add(text);
        indexes.add(index);
        wake();
    }

    @Override
    public synchronized void caughtUp() {
        caughtUpAt = entries.size();
        wake();
    }

    @Override
    public synchronized byte[] snapshot() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(entries.size());
            for (var entry : entries) {
                var text = entry.getBytes(StandardCharsets.UTF_8);
                out.writeInt(text.length);
                out.write(text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public synchronized void leading(long term) {
        terms.add(term);
        note("leading after " + entries.size());
    }

    @Override
    public synchronized void following() {
        note("following");
    }

    @Override
    public synchronized void failed(String why) {
        failures.add(why);
        wake();
    }

    private void note(String event) {
        events.add(event);
        wake();
    }

    private void wake() {
        loop.execute(() -> {});
    }
}
