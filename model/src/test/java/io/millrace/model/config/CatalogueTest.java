package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.model.config.Catalogue.Accepted;
import io.millrace.model.config.Catalogue.Known;
import io.millrace.model.config.Catalogue.Of;
import io.millrace.model.config.Catalogue.Unknown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {

    @Test
    void whatMeansSomethingIsKnownByItsKey() {
        assertEquals(new Known(ServerSettings.NUM_PARTITIONS), Catalogue.find(Of.SERVER, "num.partitions"));
        assertEquals(new Known(TopicSettings.SEGMENT_BYTES), Catalogue.find(Of.TOPIC, "segment.bytes"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zookeeper.metadata.migration.enable.not",
                "listener.name.",
                "Num.Partitions",
                "log.retention",
                ""
            })
    void whatNobodyKnowsIsUnknown(String name) {
        assertInstanceOf(Unknown.class, Catalogue.find(Of.SERVER, name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "num.replica.fetchers",
                "ssl.keystore.location",
                "super.users",
                "leader.replication.throttled.rate",
                "listener.name.external.ssl.keystore.location",
                "listener.name.internal.scram-sha-256.sasl.jaas.config",
                "config.providers.file.class",
                "rsm.config.bucket",
                "transaction.state.log.num.partitions",
                "internal.metadata.log.segment.bytes"
            })
    void otherNamesOfKafkaAreAccepted(String name) {
        assertInstanceOf(Accepted.class, Catalogue.find(Of.SERVER, name));
    }

    @Test
    void acceptedNamesWithATypeAreStillChecked() {
        var found = assertInstanceOf(Accepted.class, Catalogue.find(Of.TOPIC, "unclean.leader.election.enable"));
        assertEquals(TopicSettings.UNCLEAN_ELECTION, found.key());
        assertNull(assertInstanceOf(Accepted.class, Catalogue.find(Of.SERVER, "num.replica.fetchers"))
                .key());
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER, num.partition, num.partitions",
        "SERVER, log.retnetion.hours, log.retention.hours",
        "SERVER, retention.hours, log.retention.hours",
        "SERVER, roll.ms, log.roll.ms",
        "SERVER, LOG_DIRS, log.dirs",
        "SERVER, KAFKA_ADVERTISED_LISTENERS, advertised.listeners",
        "SERVER, kafka.log.retention.ms, log.retention.ms",
        "SERVER, auto.create.topic.enable, auto.create.topics.enable",
        "SERVER, offsets.topic.num.partition, offsets.topic.num.partitions",
        "SERVER, http-listen, http.listen",
        "TOPIC, log.segment.bytes, segment.bytes",
        "TOPIC, retention.mss, retention.ms",
        "TOPIC, cleanup.polcy, cleanup.policy",
        "GROUP, session.timeout.ms, share.session.timeout.ms",
        "SERVER, log.retention, log.retention.ms",
        "CLIENT_METRICS, interval, interval.ms"
    })
    void theNearestNameIsFound(Of of, String given, String meant) {
        assertEquals(new Unknown(given, meant), Catalogue.find(of, given));
    }

    @ParameterizedTest
    @ValueSource(strings = {"completely.different.thing", "x", "Schöne Grüße"})
    void nothingIsNearToNonsense(String given) {
        assertEquals(new Unknown(given, null), Catalogue.find(Of.SERVER, given));
    }

    @Test
    void veryLongNamesAreNotComparedAtAll() {
        assertEquals(null, Nearest.to("num.partitions".repeat(100_000), Catalogue.names(Of.SERVER)));
    }

    @Test
    void aSettingOfTopicsIsAcceptedForTheServerAndSaysWhatToUse() {
        var found = assertInstanceOf(Accepted.class, Catalogue.findForServer("retention.ms"));
        assertEquals(
                "is a setting of topics and has no effect here; the default of all topics is log.retention.ms",
                found.why());
        assertInstanceOf(Accepted.class, Catalogue.findForServer("share.session.timeout.ms"));
        assertInstanceOf(Accepted.class, Catalogue.findForServer("interval.ms"));
        assertInstanceOf(Known.class, Catalogue.findForServer("min.insync.replicas"));
        assertEquals(
                "is not a setting; did you mean log.dirs?",
                assertInstanceOf(Unknown.class, Catalogue.findForServer("log.dirz"))
                        .why());
    }

    @Test
    void nothingThatKafkaHasIsCalledBygone() {
        var wrong = Catalogue.names(Of.SERVER).stream()
                .filter(name -> Bygone.of(name).isPresent())
                .toList();
        assertEquals(java.util.List.of(), wrong);
    }
}
