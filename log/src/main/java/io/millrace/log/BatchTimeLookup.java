package io.millrace.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A look at the time of the batch that holds an offset, in a log as it was when the question was asked.
///
/// Reads an index and headers, and opens no batch. Blocks, so it runs on a file thread ([LogFolder#offFile]); by
/// one thread, once.
public final class BatchTimeLookup {

    private static final Logger LOG = LoggerFactory.getLogger(BatchTimeLookup.class);

    private final SegmentView segment;
    private final long offset;

    BatchTimeLookup(SegmentView segment, long offset) {
        this.segment = segment;
        this.offset = offset;
    }

    /// The newest timestamp of the batch, in wall milliseconds; empty when the batch has none, or is not there
    /// any more.
    public OptionalLong find() throws IOException {
        try (var file = segment.open()) {
            var walk = segment.walkTowards(file, offset);
            while (walk.next()) {
                var batch = walk.header();
                if (batch.endOffset() <= offset) continue;
                return batch.maxTimestampMs() < 0 ? OptionalLong.empty() : OptionalLong.of(batch.maxTimestampMs());
            }
            if (!walk.problem().isEmpty()) {
                throw new IOException("damaged segment %s at position %d: %s"
                        .formatted(segment.path(), walk.positionBytes(), walk.problem()));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} was dropped meanwhile: the log begins after it now", segment.path(), e);
        }
        return OptionalLong.empty();
    }
}
