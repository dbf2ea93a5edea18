package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupCommand;
import io.millrace.model.Promise;
import io.millrace.replica.Shard;
import java.util.List;
import java.util.function.LongFunction;

/// Where groups live: each in the shard of its partition of `__consumer_offsets`.
interface GroupShards {

    /// Asks the shard of `group`. The promise is kept on the loop of `here`: with the machine's answer, or
    /// with [GroupAnswer.Refused] where this node does not coordinate that group or cannot now.
    ///
    /// @param here    the shard of the loop that asks
    /// @param command makes the command, given the token that its reply will name
    Promise<GroupAnswer> ask(Shard here, String group, LongFunction<GroupCommand> command);

    /// Asks every shard of groups that this node leads.
    Promise<List<GroupAnswer>> askAll(Shard here, LongFunction<GroupCommand> command);
}
