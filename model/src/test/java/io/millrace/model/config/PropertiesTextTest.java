package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PropertiesTextTest {

    @Test
    void entriesKnowTheirLines() {
        var read = PropertiesText.of("""
                # comment
                ! another

                a=1
                  b : 2
                c   3
                d=one,\\
                    two,\\
                    three
                e=last""");
        assertEquals(
                List.of(
                        new PropertiesText.Entry("a", "1", 4, true),
                        new PropertiesText.Entry("b", "2", 5, true),
                        new PropertiesText.Entry("c", "3", 6, false),
                        new PropertiesText.Entry("d", "one,two,three", 7, true),
                        new PropertiesText.Entry("e", "last", 10, true)),
                read.entries());
        assertEquals(List.of(), read.broken());
    }

    @Test
    void brokenLinesAreToldAndTheRestIsRead() {
        var read = PropertiesText.of("\uFEFFa=1\r\n=2\r\nb=\\u12g4\rc=3\n");
        assertEquals(
                List.of(new PropertiesText.Entry("a", "1", 1, true), new PropertiesText.Entry("c", "3", 4, true)),
                read.entries());
        assertEquals(
                List.of(
                        new PropertiesText.Broken(2, "the line has no name before the value"),
                        new PropertiesText.Broken(3, "the line has \\u without four hexadecimal digits behind it")),
                read.broken());
    }

    @Test
    void anyTextIsReadAsJavaReadsIt() throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var alphabet = "ab=: \\\n\r\t\f#!.,/u0041tnrf\"é";
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--)
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            assertSame(text.toString(), "seed " + seed + ", text " + escaped(text.toString()));
        }
    }

    private static void assertSame(String text, String message) throws IOException {
        var java = new Properties();
        try {
            java.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            assertEquals(false, PropertiesText.of(text).broken().isEmpty(), message);
            return;
        }
        var expected = new HashMap<String, String>();
        java.forEach((name, value) -> expected.put((String) name, (String) value));
        expected.remove(""); // we say that the name is missing

        Map<String, String> ours = new HashMap<>();
        PropertiesText.of(text).entries().forEach(entry -> ours.put(entry.name(), entry.value()));
        assertEquals(expected, ours, message);
    }

    private static String escaped(String text) {
        var plain = new StringBuilder();
        text.chars().forEach(c -> plain.append(c < ' ' || c > '~' ? "<%02x>".formatted(c) : Character.toString(c)));
        return plain.toString();
    }
}
