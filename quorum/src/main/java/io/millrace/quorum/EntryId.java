package io.millrace.quorum;

/// Names one entry among all that any node ever proposed.
///
/// @param term     in which its proposer led: there is one leader in a term
/// @param sequence counts what that leader proposed in that term, from 1
record EntryId(long term, long sequence) {

    /// Before the first entry.
    static final EntryId NONE = new EntryId(0, 0);
}
