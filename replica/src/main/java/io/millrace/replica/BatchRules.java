package io.millrace.replica;

import io.millrace.model.Clock;
import io.millrace.model.record.BatchParser;
import io.millrace.model.record.RecordBatch;
import io.millrace.model.record.RecordReader;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;

/// What a batch must be like before it may enter the log of a topic.
///
/// Batches are opened only where the topic's settings need what is inside: compaction needs keys, a
/// `compression.type` of the topic's own needs another packing.
final class BatchRules {

    sealed interface Verdict {}

    /// Stamped with the broker's time where the topic asks for it.
    record Good(RecordBatch batch) implements Verdict {}

    record Bad(Errors code, String reason) implements Verdict {}

    private final String topic;
    private final Codecs codecs;
    private final Clock clock;

    BatchRules(String topic, Codecs codecs, Clock clock) {
        this.topic = topic;
        this.codecs = codecs;
        this.clock = clock;
    }

    Verdict check(ByteBuffer records, TopicConfig config) {
        return switch (BatchParser.parse(records)) {
            case BatchParser.Parsed.Malformed(var code, var reason) -> new Bad(code, reason);
            case BatchParser.Parsed.Batches(var batches)
            when batches.size() != 1 ->
                new Bad(
                        Errors.INVALID_RECORD,
                        "a produce request has one batch for a partition, not " + batches.size());
            case BatchParser.Parsed.Batches(var batches) -> check(batches.getFirst(), config);
        };
    }

    private Verdict check(RecordBatch batch, TopicConfig config) {
        if (batch.sizeBytes() > config.maxMessageBytes()) {
            return tooLarge(batch, config);
        }
        if (batch.isControl()) return new Bad(Errors.INVALID_RECORD, "clients may not write control batches");
        if (batch.hasDeleteHorizon()) {
            return new Bad(Errors.INVALID_RECORD, "only compaction says until when deletions stay");
        }
        if (batch.isTransactional()) {
            return new Bad(
                    Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                    "no transaction is open for producer " + batch.producerId());
        }
        if (config.isCompacted() && !allHaveKeys(batch)) {
            return new Bad(Errors.INVALID_RECORD, "topic %s is compacted: every record needs a key".formatted(topic));
        }
        if (config.codec() == TopicConfig.AS_SENT || config.codec() == batch.codec()) return stamp(batch, config);
        return repack(batch, config);
    }

    private Bad tooLarge(RecordBatch batch, TopicConfig config) {
        return new Bad(
                Errors.MESSAGE_TOO_LARGE,
                "a batch of %d bytes; max.message.bytes of topic %s is %d"
                        .formatted(batch.sizeBytes(), topic, config.maxMessageBytes()));
    }

    private Verdict repack(RecordBatch batch, TopicConfig config) {
        try {
            var packed = new RecordBatch(codecs.packer().repack(batch, config.codec(), config.codecLevel()), 0);
            return packed.sizeBytes() > config.maxMessageBytes() ? tooLarge(packed, config) : stamp(packed, config);
        } catch (RecordReader.MalformedRecords | IllegalArgumentException e) {
            return new Bad(Errors.INVALID_RECORD, String.valueOf(e.getMessage()));
        }
    }

    private Verdict stamp(RecordBatch batch, TopicConfig config) {
        long nowMs = clock.wallMs();
        if (config.isLogAppendTime()) {
            batch.stampAppendTime(nowMs);
            return new Good(batch);
        }
        if (batch.isLogAppendTime()) {
            return new Bad(Errors.INVALID_TIMESTAMP, "producers may not send batches of log append time");
        }
        long aheadMs = batch.maxTimestampMs() - nowMs;
        if (batch.maxTimestampMs() > nowMs && aheadMs > config.timestampAfterMs()) {
            return new Bad(
                    Errors.INVALID_TIMESTAMP,
                    "timestamp %d is %d ms ahead of the broker; message.timestamp.after.max.ms is %d"
                            .formatted(batch.maxTimestampMs(), aheadMs, config.timestampAfterMs()));
        }
        long oldest = Math.min(batch.baseTimestampMs(), batch.maxTimestampMs());
        if (oldest >= 0 && nowMs - oldest > config.timestampBeforeMs()) {
            return new Bad(
                    Errors.INVALID_TIMESTAMP,
                    "timestamp %d is too old; message.timestamp.before.max.ms is %d"
                            .formatted(oldest, config.timestampBeforeMs()));
        }
        return new Good(batch);
    }

    private boolean allHaveKeys(RecordBatch batch) {
        boolean[] all = {true};
        try {
            codecs.reader().read(batch, record -> all[0] &= record.key() != null);
            return all[0];
        } catch (RecordReader.MalformedRecords e) {
            return false;
        }
    }
}
