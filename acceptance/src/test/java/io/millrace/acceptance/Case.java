package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DynamicTest;

/// One row of a table of bad requests: what is asked, and the code that Kafka answers it with.
///
/// @param what a title
/// @param ask  asks on a fresh connection and returns the code
record Case(String what, Errors expected, Ask ask) {

    @FunctionalInterface
    interface Ask {
        short code(Rpc rpc) throws Exception;
    }

    static Case of(String what, Errors expected, Ask ask) {
        return new Case(what, expected, ask);
    }

    /// Every case as a test of its own.
    static Stream<DynamicTest> tests(BrokerProcess broker, List<Case> cases) {
        return cases.stream()
                .map(one -> DynamicTest.dynamicTest(one.what() + ": " + one.expected(), () -> {
                    try (var rpc = Rpc.connect(broker)) {
                        assertEquals(one.expected(), Errors.forCode(one.ask().code(rpc)));
                    }
                }));
    }
}
