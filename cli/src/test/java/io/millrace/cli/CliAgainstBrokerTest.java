package io.millrace.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Runs [CliScenario] against the broker that `-Dmillrace.test.bootstrap=HOST:PORT` names, any broker that speaks
/// Kafka's protocol; and checks its log files when `-Dmillrace.test.data=FOLDER` says where they are.
@EnabledIfSystemProperty(named = "millrace.test.bootstrap", matches = ".+")
class CliAgainstBrokerTest {

    private final CliScenario scenario = new CliScenario(System.getProperty("millrace.test.bootstrap", ""));

    @Test
    void cluster() {
        scenario.cluster();
    }

    @Test
    void topics() {
        scenario.topics();
    }

    @Test
    void recordsGoInAndComeOut() {
        scenario.recordsGoInAndComeOut();
    }

    @Test
    void formats() {
        scenario.formats();
    }

    @Test
    void codecs() {
        scenario.codecs();
    }

    @Test
    void places() {
        scenario.places();
    }

    @Test
    void deletesRecords() {
        scenario.deletesRecords();
    }

    @Test
    void warnings() {
        scenario.warnings();
    }

    @Test
    void files() throws Exception {
        scenario.files();
    }

    @Test
    void follow() throws Exception {
        scenario.follow();
    }

    @Test
    void groups() {
        scenario.groups();
    }

    @Test
    void groupsWithMembers() {
        scenario.groupsWithMembers();
    }

    @Test
    void configs() {
        scenario.configs();
    }

    @Test
    void refusals() {
        scenario.refusals();
    }

    @Test
    @EnabledIfSystemProperty(named = "millrace.test.data", matches = ".+")
    void logs() {
        scenario.logs(Path.of(System.getProperty("millrace.test.data", "")));
    }
}
