package io.millrace.log;

/// Where a batch lies in its segment.
///
/// @param baseOffset    its first offset
/// @param endOffset     one past its last offset
/// @param positionBytes where it begins in the file
/// @param sizeBytes     how long it is
record BatchPlace(long baseOffset, long endOffset, int positionBytes, int sizeBytes) {}
