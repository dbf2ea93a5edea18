package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Listed;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.ListAll;
import io.millrace.model.Promise;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;

/// ListGroups, versions 0 to 5: the groups that this node coordinates.
final class ListGroupsHandler implements Handler<ListGroupsRequestData, ListGroupsResponseData> {

    private final GroupShards groups;

    ListGroupsHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<ListGroupsResponseData> handle(Call call, ListGroupsRequestData request) {
        var states = Set.copyOf(request.statesFilter());
        var types = Set.copyOf(request.typesFilter());
        return groups.askAll(call.here(), token -> new ListAll(token, states, types))
                .map(answers -> response(call, answers));
    }

    private static ListGroupsResponseData response(Call call, List<GroupAnswer> answers) {
        var response = new ListGroupsResponseData();
        for (var answer : answers) {
            switch (answer) {
                case Listed listed ->
                    listed.groups().forEach(group -> response.groups().add(listed(group)));
                // The shard has moved on; its new node lists it.
                case Refused refused when GroupCodes.toClient(refused.code()) == Errors.NOT_COORDINATOR -> {}
                case Refused refused -> {
                    return new ListGroupsResponseData().setErrorCode(GroupCodes.told(call, refused.code()));
                }
                default -> throw GroupCodes.unexpected(answer);
            }
        }
        return response;
    }

    private static ListedGroup listed(GroupAnswer.ListedGroup group) {
        return new ListedGroup()
                .setGroupId(group.group())
                .setProtocolType(group.protocolType())
                .setGroupState(group.state())
                .setGroupType(group.type());
    }
}
