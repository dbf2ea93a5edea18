package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Left;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Leave;
import io.millrace.coordinator.group.GroupCommand.Who;
import io.millrace.model.Promise;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;

/// LeaveGroup, versions 0 to 5. Until version 2 one member leaves; since 3 several may, or be sent by an
/// administrator.
final class LeaveGroupHandler implements Handler<LeaveGroupRequestData, LeaveGroupResponseData> {

    private static final int SEVERAL = 3;

    private final GroupShards groups;

    LeaveGroupHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<LeaveGroupResponseData> handle(Call call, LeaveGroupRequestData request) {
        boolean several = call.version() >= SEVERAL;
        var members = several
                ? request.members().stream()
                        .map(member -> new Who(member.memberId(), member.groupInstanceId()))
                        .toList()
                : List.of(new Who(request.memberId(), null));
        return groups.ask(call.here(), request.groupId(), token -> new Leave(token, request.groupId(), members))
                .map(answer -> response(call, answer, several));
    }

    private static LeaveGroupResponseData response(Call call, GroupAnswer answer, boolean several) {
        var response = new LeaveGroupResponseData();
        switch (answer) {
            case Left left
            when several -> {
                for (var member : left.members()) {
                    response.members()
                            .add(new MemberResponse()
                                    .setMemberId(member.memberId())
                                    .setGroupInstanceId(member.instanceId())
                                    .setErrorCode(call.told(member.code()).code()));
                }
            }
            case Left left ->
                response.setErrorCode(
                        call.told(left.members().getFirst().code()).code());
            case Refused refused -> response.setErrorCode(GroupCodes.told(call, refused.code()));
            default -> throw GroupCodes.unexpected(answer);
        }
        return response;
    }
}
