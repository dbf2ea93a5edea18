package io.millrace.replica;

import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.BatchPacker;
import io.millrace.model.record.RecordReader;

/// How batches are opened, packed anew, and thinned out.
public record Codecs(RecordReader reader, BatchPacker packer, BatchFilter filter) {}
