package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.Done;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Delete;
import io.millrace.model.Promise;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;

/// DeleteGroups, versions 0 to 3. A group that is named twice is deleted once.
final class DeleteGroupsHandler implements Handler<DeleteGroupsRequestData, DeleteGroupsResponseData> {

    private final GroupShards groups;

    DeleteGroupsHandler(GroupShards groups) {
        this.groups = groups;
    }

    @Override
    public Promise<DeleteGroupsResponseData> handle(Call call, DeleteGroupsRequestData request) {
        var deleted = request.groupsNames().stream()
                .distinct()
                .map(group -> groups.ask(call.here(), group, token -> new Delete(token, group))
                        .map(answer -> result(call, group, answer)))
                .toList();
        return Promise.all(deleted).map(results -> {
            var response = new DeleteGroupsResponseData();
            response.results().addAll(results);
            return response;
        });
    }

    private static DeletableGroupResult result(Call call, String group, GroupAnswer answer) {
        var result = new DeletableGroupResult().setGroupId(group);
        return switch (answer) {
            case Done _ -> result;
            case Refused refused -> result.setErrorCode(GroupCodes.told(call, refused.code()));
            default -> throw GroupCodes.unexpected(answer);
        };
    }
}
