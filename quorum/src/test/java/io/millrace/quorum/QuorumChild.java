package io.millrace.quorum;

import io.millrace.metadata.Controller;
import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerAnswer.TopicsCreated;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.model.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.kafka.common.Uuid;

/// A process with a quorum of its own. It makes topics, several at once, and prints the name of each one that was
/// answered with success, until it is killed.
final class QuorumChild {

    private static final int AT_ONCE = 32;

    private record Asked(String name, Promise<ControllerAnswer> answer) {}

    private QuorumChild() {}

    /// Arguments: the folder of the log, the cluster's id, what the names of topics begin with.
    public static void main(String[] args) throws Exception {
        var loop = new HandLoop();
        var log = new RatisMetadataLog(Path.of(args[0]), args[1], 1);
        var quorum = loop.whileBlocked(() -> Quorum.start(
                log, new Controller(new AnyConfig()), args[1], loop, new WallClock(), Duration.ofSeconds(60)));
        loop.await(quorum.ask(new RegisterNode(1, Uuid.randomUuid(), "", List.of()), loop));
        var asked = new ArrayDeque<Asked>();
        for (int i = 0; ; i++) {
            var name = args[2] + "-" + i;
            asked.add(new Asked(name, quorum.ask(QuorumTest.create(name), loop)));
            if (asked.size() < AT_ONCE) continue;
            var first = asked.remove();
            if (loop.await(first.answer()) instanceof TopicsCreated made
                    && made.topics().get(0).topic() != null) System.out.println("made " + first.name());
        }
    }
}
