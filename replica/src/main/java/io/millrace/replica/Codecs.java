package io.millrace.replica;

import io.millrace.model.record.BatchPacker;
import io.millrace.model.record.RecordReader;

/// How batches are opened, and packed anew.
public record Codecs(RecordReader reader, BatchPacker packer) {}
