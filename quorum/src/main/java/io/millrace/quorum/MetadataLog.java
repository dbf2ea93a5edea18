package io.millrace.quorum;

import io.millrace.model.Promise;
import java.io.IOException;
import java.util.concurrent.Executor;

/// A log of entries on which the voters of a cluster agree. Entries are bytes; what they mean is
/// the reader's.
///
/// What holds: every node reads the same entries at the same indexes, in the order of their indexes.
/// What was read once is never taken back. An entry that a promise calls committed is durable on a
/// majority of voters.
public interface MetadataLog extends AutoCloseable {

    /// What became of a proposal.
    sealed interface Outcome {}

    /// It is in the log at `index`, for good; the reader has read it, or will.
    record Committed(long index) implements Outcome {}

    /// It was not taken, or nobody knows: it may still turn up in the log later.
    record Lost(String why) implements Outcome {}

    /// Whom the log tells what is in it. Calls come on threads of the log, one at a time; none may block
    /// on the log.
    interface Reader {

        /// Everything up to and including `index`, as [#snapshot] gave it on this node or another. It
        /// replaces what was read before.
        ///
        /// @throws IOException when the bytes are no snapshot; the log cannot start, or goes no further
        void install(long index, byte[] snapshot) throws IOException;

        /// The next entry. A [RuntimeException] means that it cannot be understood; the log goes
        /// no further.
        void read(long index, byte[] entry);

        /// Nothing more is there to read for now.
        void caughtUp();

        /// Everything that was read, as bytes for [#install].
        byte[] snapshot();

        /// This node may propose. Everything from before `term` has been read.
        void leading(long term);

        /// This node may no longer propose.
        void following();

        /// The log goes no further on this node until a restart. Told once, with the first reason.
        void failed(String why);
    }

    /// Begins to read, from the snapshot on.
    ///
    /// @throws IOException when the log cannot be opened; nothing is left running then
    void start(Reader reader) throws IOException;

    /// Asks the voters to put `entry` at the end of the log. Proposals of one thread are tried in their
    /// order, but any of them may be lost, also one before another that is not.
    ///
    /// @param entry at most [#maxEntryBytes] long
    /// @param loop  where the promise is kept
    Promise<Outcome> propose(byte[] entry, Executor loop);

    /// The longest entry that may be proposed.
    int maxEntryBytes();

    /// Ends reading. Proposals that are under way are lost. Does nothing when it is closed already.
    @Override
    void close();
}
