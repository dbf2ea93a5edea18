package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The command line as a script has it: by the launcher, one process for each command, with its exit codes.
@ExtendWith(SharedBroker.class)
class CommandLineScenario {

    @Test
    void theTourOfTheReadyLine(BrokerProcess broker) {
        var topic = Topics.name("greetings");
        assertEquals(
                0, run(broker, "topic", "create", topic, "--partitions", "2").code());
        try (var produce = start(broker, "produce", topic)) {
            produce.say("hello");
            produce.say("world");
            produce.hush();
            produce.succeeds();
        }
        var read = run(broker, "consume", topic, "--from", "earliest");
        assertEquals(List.of("hello", "world"), read.lines().stream().sorted().toList());
        var described = run(broker, "topic", "describe", topic, "--json").lines();
        assertTrue(String.join("", described).contains(topic), described::toString);
        assertTrue(run(broker, "topic", "list").lines().stream().anyMatch(line -> line.contains(topic)));
        assertEquals(0, run(broker, "topic", "delete", topic, "--yes").code());
        assertEquals(4, run(broker, "consume", topic).code());
    }

    @Test
    void exitCodesSayWhatWentWrong(BrokerProcess broker) {
        assertEquals(0, run(broker, "cluster", "describe").code());
        assertEquals(0, run(broker, "version").code());
        assertEquals(2, run(broker, "topic", "crate", "x").code());
        assertEquals(1, run(broker, "topic", "create", "no good name").code());
        assertEquals(4, run(broker, "topic", "describe", "no-such-topic").code());
        var nobody = "127.0.0.1:" + Ports.free();
        var command =
                List.of(Millrace.launcher().toString(), "topic", "list", "--bootstrap", nobody, "--timeout", "2s");
        try (var lost = Child.start("millrace topic list", Path.of("."), command)) {
            assertEquals(3, lost.awaitExit(Await.LONG), lost::transcript);
            assertTrue(lost.complaints().getFirst().contains(nobody), lost::transcript);
        }
    }

    /// Percent signs, backslashes and the like in a help text make no library complain beside it.
    @Test
    void helpIsNothingButHelp(BrokerProcess broker) {
        for (var command :
                List.of("consume", "produce", "topic create", "group reset-offsets", "log dump", "prepare")) {
            try (var help = start(broker, (command + " --help").split(" ", -1))) {
                help.succeeds();
                assertTrue(help.lines().getFirst().startsWith("Usage: millrace " + command), help::transcript);
                assertEquals(List.of(), help.complaints());
            }
        }
    }

    private record Result(int code, List<String> lines) {}

    private static Result run(BrokerProcess broker, String... words) {
        try (var child = start(broker, words)) {
            child.hush();
            return new Result(child.awaitExit(Await.LONG), child.lines());
        }
    }

    private static Child start(BrokerProcess broker, String... words) {
        var command = new ArrayList<>(List.of(Millrace.launcher().toString()));
        command.addAll(List.of(words));
        var environment = Map.of("MILLRACE_BOOTSTRAP", broker.bootstrap(), "MILLRACE_AOT_AFTER", "3600");
        return Child.start("millrace " + String.join(" ", words), Path.of("."), command, environment);
    }
}
