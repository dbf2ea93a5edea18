package io.millrace.log;

/// What is to be done next about a segment that is being looked at.
sealed interface ScrubStep {

    /// Go on.
    record More() implements ScrubStep {}

    /// Go on after `delayMs`.
    record Later(long delayMs) implements ScrubStep {}

    /// Do this on the log's loop, then go on.
    record OnLoop(Cleaner.LoopWork work) implements ScrubStep {}

    /// There is nothing left to do.
    record Done(Verdict verdict) implements ScrubStep {}

    /// How it ended.
    enum Verdict {

        /// The disk holds what was written to it.
        SOUND,

        /// The log goes on with a segment without what was damaged.
        MENDED,

        /// The segment is no part of the log any more, or mending it was called off: look at what is
        /// there now.
        CHANGED,

        /// The log is being compacted.
        BUSY
    }
}
