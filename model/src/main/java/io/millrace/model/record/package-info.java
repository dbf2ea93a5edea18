/// # model.record: the record batch, as a view over bytes
///
/// Kafka's record format v2 (KIP-98). [RecordBatch] reads and stamps a batch where it lies; [BatchParser]
/// finds the batches in a run of bytes that nobody has checked yet; [BatchBuilder] writes small ones. What
/// is inside a compressed batch only a [RecordReader] can tell, and whoever needs one is given it.
///
/// - **Knows** the layout, the checksum, the rules of a well-formed batch.
/// - **Does not know** codecs, files, brokers.
@NullMarked
package io.millrace.model.record;

import org.jspecify.annotations.NullMarked;
