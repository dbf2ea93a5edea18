package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsReaderTest {

    @Test
    void flagsWinOverSetWinsOverFiles() {
        var read = new SettingsReader()
                .flag("--data", "log.dirs", "/flag")
                .sets(List.of("num.partitions=5", "log.dirs=/set", "broker.rack=a=b"))
                .file("one.properties", "num.partitions=6\nlog.dir=/file\ngroup.max.size=9\n")
                .file("two.properties", "group.max.size=10\n")
                .read();
        assertEquals(List.of(), read.problems());
        assertEquals(List.of(), read.remarks());
        assertEquals(
                Map.of("num.partitions", "5", "log.dirs", "/flag", "group.max.size", "10", "broker.rack", "a=b"),
                read.texts());
        assertEquals(new Settings.Given("10", "two.properties:1"), read.given().get("group.max.size"));
        assertEquals(List.of("/flag"), ServerSettings.dataFolders(read.values()));
    }

    @Test
    void theSameMeaningInAnUpperLayerWinsWhateverItsUnit() {
        var read = new SettingsReader()
                .file("server.properties", "log.retention.ms=1000\nbroker.id=7\n")
                .sets(List.of("log.retention.hours=2", "node.id=8"))
                .read();
        assertEquals(Map.of("log.retention.hours", "2", "node.id", "8"), read.texts());
    }

    @Test
    void everyProblemIsToldWithItsPlace() {
        var read = new SettingsReader()
                .file("server.properties", """
                        num.partitions=many
                        log.segmnt.bytes=1
                        num.io.threads=4
                        =x
                        num.io.threads=5
                        """)
                .sets(List.of("nonsense", "=1", "log.cleanup.policy=keep"))
                .flag("--listen", "listeners", "PLAINTEXT://:9092")
                .read();
        assertEquals(
                List.of(
                        "server.properties:4: the line has no name before the value",
                        "server.properties:5: num.io.threads: is given twice: '5' here, '4' at server.properties:3",
                        "--set: 'nonsense' must be NAME=VALUE",
                        "--set: '=1' must be NAME=VALUE",
                        "--set: log.cleanup.policy: 'keep' must be a list of delete, compact",
                        "server.properties:2: log.segmnt.bytes: is not a setting; did you mean log.segment.bytes?",
                        "server.properties:1: num.partitions: 'many' must be a whole number"),
                read.problems().stream().map(Settings.Problem::toString).toList());
    }

    @Test
    void proseIsNoPropertyUnlessItBeginsWithASetting() {
        var read = new SettingsReader()
                .file("f", "num.partitions 5\nThis file was left empty on purpose, for a reason nobody knows\nx\n")
                .read();
        assertEquals(Map.of("num.partitions", "5"), read.texts());
        assertEquals(
                List.of(
                        "f:2: 'This file was left empty on purpose, for a reason nobody kno...' is no property: "
                                + "a line is NAME=VALUE",
                        "f:3: 'x' is no property: a line is NAME=VALUE"),
                read.problems().stream().map(Settings.Problem::toString).toList());
    }

    /// A file made for a Kafka with ZooKeeper: every line that goes is named, and what to do about it.
    @Test
    void settingsThatKafkaHasNoMoreAreRefusedWithAWord() {
        var read = new SettingsReader()
                .file("f", "zookeeper.connect=a:2181\ninter.broker.protocol.version=2.8\nport=9092\nnode.id=1\n")
                .sets(List.of("zookeeper.session.timeout.ms=1"))
                .read();
        assertEquals(
                List.of(
                        "f:2: inter.broker.protocol.version: is not a setting; Kafka 4 has it no more either; "
                                + "remove it",
                        "f:3: port: is not a setting; Kafka 4 has it no more either; use listeners, or --listen",
                        "f:1: zookeeper.connect: is not a setting; there is no ZooKeeper here, as there is none in "
                                + "Kafka 4; remove it",
                        "--set: zookeeper.session.timeout.ms: is not a setting; there is no ZooKeeper here, as there "
                                + "is none in Kafka 4; remove it"),
                read.problems().stream().map(Settings.Problem::toString).toList());
    }

    @Test
    void whatIsWrongTogetherIsToldWhereItWasGiven() {
        var read = new SettingsReader()
                .file("f", """
                        node.id=1
                        broker.id=2
                        log.dirs=/a,/b
                        group.min.session.timeout.ms=10
                        group.max.session.timeout.ms=9
                        """)
                .flag("--listen", "listeners", "PLAINTEXT://:9092")
                .read();
        assertEquals(
                List.of(
                        "--listen: listeners: PLAINTEXT://:9092 can be reached from other machines without encryption "
                                + "or access control; allow it with --insecure (insecure.ok=true), or listen on "
                                + "127.0.0.1",
                        "f:2: broker.id: is 2, but node.id is 1; give one of them",
                        "f:3: log.dirs: names 2 folders; this release keeps its data in one",
                        "f:4: group.min.session.timeout.ms: is 10, more than group.max.session.timeout.ms, which is 9"),
                read.problems().stream().map(Settings.Problem::toString).toList());
    }

    @Test
    void whatHasNoEffectIsSaidOnceAndKept() {
        var read = new SettingsReader()
                .file("f", "num.replica.fetchers=3\nretention.ms=5\nnum.partitions=3\nnum.partitions=3\n")
                .read();
        assertEquals(List.of(), read.problems());
        assertEquals(
                List.of(
                        "f:4: num.partitions is given twice, first at f:3",
                        "f:1: num.replica.fetchers is accepted and has no effect here",
                        "f:2: retention.ms is a setting of topics and has no effect here; the default of all topics "
                                + "is log.retention.ms"),
                read.remarks());
        assertEquals("3", read.texts().get("num.replica.fetchers"));
    }

    @Test
    void valuesWithoutEffectAreCheckedWhereTheirTypeIsKnown() {
        var read = new SettingsReader()
                .sets(List.of("transaction.max.timeout.ms=soon"))
                .read();
        assertEquals(
                "--set: transaction.max.timeout.ms: 'soon' must be a whole number",
                read.problems().getFirst().toString());
    }

    @Test
    void aHugeTextIsNoPropertyFile() {
        var read = new SettingsReader().file("core", "x".repeat(2 << 20)).read();
        assertEquals(
                "core: is longer than 1 MiB, so it is no property file",
                read.problems().getFirst().toString());
    }

    @Test
    void theOlderNameOfTheNumberCounts() {
        assertEquals(7, ServerSettings.nodeId(ConfigValues.of(Map.of("broker.id", "7"))));
        assertEquals(8, ServerSettings.nodeId(ConfigValues.of(Map.of("broker.id", "8", "node.id", "8"))));
        assertEquals(1, ServerSettings.nodeId(ConfigValues.of(Map.of("broker.id", "-1"))));
    }
}
