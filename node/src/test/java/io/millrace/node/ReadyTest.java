package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyTest {

    private static final Path DATA = Path.of("/home/anna/data");

    @Test
    void itSaysWhatIsWhereAndHowToTryIt() {
        var ready = new Ready("0.1.0", List.of("127.0.0.1:9092"), "127.0.0.1:9092", "127.0.0.1:9644", DATA);
        assertEquals("""
                millrace 0.1.0 is ready for Kafka clients at 127.0.0.1:9092, after 0.71 s
                  data  /home/anna/data
                  http  http://127.0.0.1:9644
                  try   bin/millrace produce greetings hello
                        bin/millrace consume greetings""", ready.text("bin/millrace", 712));
    }

    @Test
    void theCommandsNameAnAddressWhereItIsNotTheUsualOne() {
        var clients = List.of("0.0.0.0:19092", "[::1]:19093");
        var ready = new Ready("0.1.0", clients, "127.0.0.1:19092", "", DATA);
        assertEquals("""
                millrace 0.1.0 is ready for Kafka clients at 0.0.0.0:19092, [::1]:19093, after 1.00 s
                  data  /home/anna/data
                  try   millrace produce greetings hello --bootstrap 127.0.0.1:19092
                        millrace consume greetings --bootstrap 127.0.0.1:19092""", ready.text("millrace", 1_000));
    }

    @Test
    void theVersionIsTheOneOfTheBuild() {
        assertEquals(0, Version.own().replaceAll("\\d+\\.\\d+\\.\\d+.*", "").length(), Version.own());
    }
}
