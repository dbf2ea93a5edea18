package io.millrace.log;

/// What is known about one producer, for people who look.
///
/// @param producerId       the producer
/// @param epoch            its latest epoch
/// @param lastSequence     sequence of its last record, -1 when it has sent none in this epoch
/// @param lastTimestampMs  the largest timestamp in its last batch, -1 when there is none
/// @param coordinatorEpoch epoch of the coordinator that last ended a transaction of it, -1 for none
/// @param txnFirstOffset   where its open transaction began, -1 for none
public record ProducerView(
        long producerId,
        short epoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long txnFirstOffset) {}
