package io.millrace.acceptance;

import io.millrace.cli.CliScenario;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/// Every command of the command line against the broker; the stories are those of the room `cli`.
@ExtendWith(SharedBroker.class)
class CliStoriesScenario {

    private record Story(String name, Executable toTell) {}

    @TestFactory
    Stream<DynamicTest> everyCommand(BrokerProcess broker) {
        var cli = new CliScenario(broker.bootstrap());
        return Stream.of(
                        new Story("cluster", cli::cluster),
                        new Story("topics", cli::topics),
                        new Story("records go in and come out", cli::recordsGoInAndComeOut),
                        new Story("formats", cli::formats),
                        new Story("codecs", cli::codecs),
                        new Story("places", cli::places),
                        new Story("deletes records", cli::deletesRecords),
                        new Story("warnings", cli::warnings),
                        new Story("files", cli::files),
                        new Story("follow", cli::follow),
                        new Story("groups", cli::groups),
                        new Story("groups with members", cli::groupsWithMembers),
                        new Story("configs", cli::configs),
                        new Story("refusals", cli::refusals))
                .map(story -> DynamicTest.dynamicTest(story.name(), story.toTell()));
    }

    /// The log files of a broker that has done some work are sound.
    @Test
    @MillraceOnly("Kafka's folders hold more than partitions")
    void logFilesAreSound() throws Exception {
        try (var broker = BrokerProcess.start(Map.of())) {
            var cli = new CliScenario(broker.bootstrap());
            cli.codecs();
            cli.groups();
            broker.kill9();
            cli.logs(broker.data());
            broker.restart();
            broker.terminate();
            cli.logs(broker.data());
        }
    }
}
