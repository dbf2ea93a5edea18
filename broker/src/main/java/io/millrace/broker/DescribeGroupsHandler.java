package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Described;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Describe;
import io.millrace.model.Promise;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.Errors;

/// DescribeGroups, versions 0 to 6. A group that is not there is `Dead`; since version 6 that is also an error.
final class DescribeGroupsHandler implements Handler<DescribeGroupsRequestData, DescribeGroupsResponseData> {

    private static final int MISSING_IS_AN_ERROR = 6;

    /// Everything one may do with a group, for there are no access rules yet.
    private static final int ALL_OPERATIONS = bit(AclOperation.READ)
            | bit(AclOperation.DELETE)
            | bit(AclOperation.DESCRIBE)
            | bit(AclOperation.DESCRIBE_CONFIGS)
            | bit(AclOperation.ALTER_CONFIGS);

    private final GroupShards groups;

    DescribeGroupsHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<DescribeGroupsResponseData> handle(Call call, DescribeGroupsRequestData request) {
        var described = request.groups().stream()
                .map(group -> groups.ask(call.here(), group, token -> new Describe(token, group))
                        .map(answer -> response(call, group, request.includeAuthorizedOperations(), answer)))
                .toList();
        return Promise.all(described).map(all -> new DescribeGroupsResponseData().setGroups(all));
    }

    private static DescribedGroup response(Call call, String group, boolean operations, GroupAnswer answer) {
        return switch (answer) {
            case Described described -> {
                var response = described(described);
                boolean missing = described.code() != Errors.NONE;
                if (missing && call.version() >= MISSING_IS_AN_ERROR) {
                    response.setErrorCode(call.told(described.code()).code())
                            .setErrorMessage("Group " + group + " not found.");
                } else if (operations) {
                    response.setAuthorizedOperations(ALL_OPERATIONS);
                }
                yield response;
            }
            case Refused refused ->
                new DescribedGroup().setGroupId(group).setErrorCode(GroupCodes.told(call, refused.code()));
            default -> throw GroupCodes.unexpected(answer);
        };
    }

    private static DescribedGroup described(Described described) {
        var response = new DescribedGroup()
                .setGroupId(described.group())
                .setGroupState(described.state())
                .setProtocolType(described.protocolType())
                .setProtocolData(described.protocol());
        for (var member : described.members()) {
            response.members()
                    .add(new DescribedGroupMember()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.instanceId())
                            .setClientId(member.client().id())
                            .setClientHost(member.client().host())
                            .setMemberMetadata(member.metadata().bytes())
                            .setMemberAssignment(member.assignment().bytes()));
        }
        return response;
    }

    private static int bit(AclOperation operation) {
        return 1 << operation.code();
    }
}
