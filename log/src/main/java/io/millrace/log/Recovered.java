package io.millrace.log;

import java.util.List;

/// The parts of a log as [Recovery] found them.
///
/// @param segments      in order, at least one; the last is ready to be appended to
/// @param startOffset   where the log begins
/// @param recoveryPoint up to where it is known to be on the disk, with all that is derived from it
/// @param durablePoint  up to where it was promised to be on the disk; not before `recoveryPoint`
/// @param times         of the segments' appends
record Recovered(
        List<Segment> segments,
        Producers producers,
        EpochHistory epochs,
        Quarantine quarantine,
        long startOffset,
        long recoveryPoint,
        long durablePoint,
        AppendTimes times) {}
