package io.millrace.broker;

import io.millrace.broker.FetchRun.Outcome;
import io.millrace.model.Clock;
import io.millrace.model.Promise;
import io.millrace.replica.ReadResult;
import io.millrace.replica.Shard;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a fetch gives from far behind the end of a log may lie on the disk only. A file thread reads it once
/// before it is sent, so that no loop waits for the disk.
final class ColdReads {

    private static final Logger LOG = LoggerFactory.getLogger(ColdReads.class);

    private static final int MOST_SAID = 1_000;

    private final FileErrands files;
    private final Clock clock;

    /// Partitions of which the log says already that they cannot be read.
    private final Set<FetchSession.Key> said = ConcurrentHashMap.newKeySet();

    ColdReads(FileErrands files, Clock clock) {
        this.files = files;
        this.clock = clock;
    }

    /// Brings what is cold among `outcomes` into memory. What cannot be read is refused, and the rest goes out.
    /// When too much waits for the disk already, everything goes out as it is.
    ///
    /// @return kept on the loop of `here`
    Promise<List<Outcome>> touch(Shard here, List<Outcome> outcomes) {
        return files.send(here, () -> outcomes.stream().map(this::touch).toList(), () -> outcomes, ColdReads::release)
                .orElseGet(() -> Promise.of(outcomes));
    }

    /// On a file thread.
    private Outcome touch(Outcome outcome) {
        if (!outcome.isCold() || !(outcome.result() instanceof ReadResult.Records records) || records.slice() == null) {
            return outcome;
        }
        try {
            records.slice().place().touch(clock);
            return outcome;
        } catch (IOException e) {
            var key = outcome.position().key();
            if (said.size() < MOST_SAID && said.add(key)) {
                LOG.warn("partition {} of topic {} cannot be read: said once", key.partition(), named(key), e);
            }
            records.slice().place().release();
            var refused = new ReadResult.Refused(
                    Errors.KAFKA_STORAGE_ERROR, records.highWatermark(), records.logStartOffset());
            return new Outcome(outcome.position(), refused);
        }
    }

    private static Object named(FetchSession.Key key) {
        return key.topic().isEmpty() ? key.topicId() : key.topic();
    }

    private static void release(List<Outcome> outcomes) {
        for (var outcome : outcomes) {
            if (outcome.result() instanceof ReadResult.Records records && records.slice() != null) {
                records.slice().place().release();
            }
        }
    }
}
