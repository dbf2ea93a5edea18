package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Done;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Heartbeat;
import io.millrace.coordinator.group.GroupCommand.Who;
import io.millrace.model.Promise;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/// Heartbeat, versions 0 to 4.
final class HeartbeatHandler implements Handler<HeartbeatRequestData, HeartbeatResponseData> {

    private final GroupShards groups;

    HeartbeatHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<HeartbeatResponseData> handle(Call call, HeartbeatRequestData request) {
        var who = new Who(request.memberId(), request.groupInstanceId());
        return groups.ask(
                        call.here(),
                        request.groupId(),
                        token -> new Heartbeat(token, request.groupId(), request.generationId(), who))
                .map(answer -> response(call, answer));
    }

    private static HeartbeatResponseData response(Call call, GroupAnswer answer) {
        return switch (answer) {
            case Done _ -> new HeartbeatResponseData();
            // While the log is replayed nobody is out: every member gets a whole session afterwards.
            case Refused refused
            when refused.code() == Errors.COORDINATOR_LOAD_IN_PROGRESS -> new HeartbeatResponseData();
            case Refused refused -> new HeartbeatResponseData().setErrorCode(GroupCodes.told(call, refused.code()));
            default -> throw GroupCodes.unexpected(answer);
        };
    }
}
