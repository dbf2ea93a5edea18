package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupAnswer.Synced;
import io.millrace.coordinator.group.GroupCommand.Sync;
import io.millrace.coordinator.group.GroupCommand.Who;
import io.millrace.coordinator.group.Opaque;
import io.millrace.model.Promise;
import java.util.HashMap;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/// SyncGroup, versions 0 to 5. Followers wait for their leader.
final class SyncGroupHandler implements Handler<SyncGroupRequestData, SyncGroupResponseData> {

    /// From this version on a member must say which protocol it believes in.
    private static final int NAMES_PROTOCOL = 5;

    private final GroupShards groups;

    SyncGroupHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<SyncGroupResponseData> handle(Call call, SyncGroupRequestData request) {
        boolean named = request.protocolType() != null && request.protocolName() != null;
        if (call.version() >= NAMES_PROTOCOL && !named) {
            return Promise.of(refused(call, Errors.INCONSISTENT_GROUP_PROTOCOL));
        }
        var assignments = new HashMap<String, Opaque>();
        for (var one : request.assignments()) assignments.put(one.memberId(), Opaque.of(one.assignment()));
        var who = new Who(request.memberId(), request.groupInstanceId());
        return groups.ask(
                        call.here(),
                        request.groupId(),
                        token -> new Sync(
                                token,
                                request.groupId(),
                                request.generationId(),
                                who,
                                request.protocolType(),
                                request.protocolName(),
                                assignments))
                .map(answer -> response(call, answer));
    }

    private static SyncGroupResponseData response(Call call, GroupAnswer answer) {
        return switch (answer) {
            case Synced synced ->
                new SyncGroupResponseData()
                        .setProtocolType(synced.protocolType())
                        .setProtocolName(synced.protocol())
                        .setAssignment(synced.assignment().bytes());
            case Refused refused -> refused(call, refused.code());
            default -> throw GroupCodes.unexpected(answer);
        };
    }

    private static SyncGroupResponseData refused(Call call, Errors code) {
        return new SyncGroupResponseData().setErrorCode(GroupCodes.told(call, code));
    }
}
