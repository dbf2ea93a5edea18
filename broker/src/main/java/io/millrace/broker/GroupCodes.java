package io.millrace.broker;

import org.apache.kafka.common.protocol.Errors;

/// What clients of groups are told when the shard's partition cannot do something.
///
/// They know coordinators and not partitions: to them a partition without a quorum is a coordinator that is not
/// available, and one that is led elsewhere is another node's.
final class GroupCodes {

    private GroupCodes() {}

    /// The same as a number, and counted as told.
    static short told(Call call, Errors code) {
        return call.told(toClient(code)).code();
    }

    static Errors toClient(Errors code) {
        return switch (code) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> Errors.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE -> Errors.UNKNOWN_SERVER_ERROR;
            default -> code;
        };
    }

    /// An answer that the question cannot have.
    static IllegalStateException unexpected(Object answer) {
        return new IllegalStateException(
                "unexpected answer " + answer.getClass().getName());
    }
}
