package io.millrace.broker;

import io.millrace.metadata.ControllerAnswer.GrownTopic;
import io.millrace.metadata.ControllerAnswer.PartitionsCreated;
import io.millrace.metadata.ControllerCommand.CreatePartitions;
import io.millrace.metadata.ControllerCommand.MorePartitions;
import io.millrace.model.Promise;
import io.millrace.quorum.Quorum;
import java.util.List;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/// CreatePartitions, versions 0 to 3. Answered when the new partitions are committed and can be used here.
final class CreatePartitionsHandler implements Handler<CreatePartitionsRequestData, CreatePartitionsResponseData> {

    private final Quorum quorum;
    private final TopicMaker maker;

    CreatePartitionsHandler(Quorum quorum, TopicMaker maker) {
        this.quorum = quorum;
        this.maker = maker;
    }

    @Override
    public Promise<CreatePartitionsResponseData> handle(Call call, CreatePartitionsRequestData request) {
        var wanted =
                request.topics().stream().map(CreatePartitionsHandler::wanted).toList();
        var command = new CreatePartitions(wanted, call.image().topics().size(), request.validateOnly());
        return quorum.ask(command, call.here().loop()).flatMap(answer -> {
            if (!(answer instanceof PartitionsCreated(var topics))) {
                return Promise.of(answer(
                        call,
                        wanted.stream()
                                .map(topic -> new GrownTopic(topic.topic(), Errors.NOT_CONTROLLER, null))
                                .toList()));
            }
            var ids = topics.stream()
                    .filter(topic -> topic.code() == Errors.NONE)
                    .flatMap(topic -> quorum.image().topic(topic.name()).stream())
                    .map(topic -> topic.id())
                    .toList();
            return maker.whenUsable(call.here(), ids).map(_ -> answer(call, topics));
        });
    }

    private static MorePartitions wanted(CreatePartitionsTopic topic) {
        var assignments = topic.assignments() == null
                ? null
                : topic.assignments().stream().map(one -> one.brokerIds()).toList();
        return new MorePartitions(topic.name(), topic.count(), assignments);
    }

    private static CreatePartitionsResponseData answer(Call call, List<GrownTopic> topics) {
        return new CreatePartitionsResponseData()
                .setResults(topics.stream()
                        .map(topic -> new CreatePartitionsTopicResult()
                                .setName(topic.name())
                                .setErrorCode(call.told(topic.code()).code())
                                .setErrorMessage(topic.message()))
                        .toList());
    }
}
