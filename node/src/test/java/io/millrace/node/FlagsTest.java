package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagsTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            --bogus, start has no option '--bogus'; see
            --dtaa x, start has no option '--dtaa'; did you mean --data? See
            --listne=a:1, start has no option '--listne=a:1'; did you mean --listen? See
            --override a=b, start has no option '--override'; here it is --set KEY=VALUE. See
            --data, --data needs a value behind it; see
            --data --insecure, --data needs a value behind it; see
            --data a --data b, --data is given twice; see
            f.properties, 'f.properties' is one argument too many; a file of settings is named with --config. See
            """)
    void whatCannotBeReadIsSaidInOneSentence(String words, String said) {
        var refused = assertThrows(StartRefused.class, () -> read(words));
        assertEquals(said + " millrace start --help", refused.getMessage());
        assertTrue(refused.isUsage());
    }

    @Test
    void everyFlagIsShortForItsSetting() throws Exception {
        assertEquals(Map.of(), read("").settings().texts());
        var words = "--data d --listen=0.0.0.0:1 --advertise a:2 --http off --insecure --set num.partitions=3";
        assertEquals(
                Map.of(
                        "log.dirs", "d",
                        "listeners", "PLAINTEXT://0.0.0.0:1",
                        "advertised.listeners", "PLAINTEXT://a:2",
                        "http.listen", "off",
                        "insecure.ok", "true",
                        "num.partitions", "3"),
                read(words).settings().texts());
    }

    @Test
    void aFlagWinsOverSetAndSetOverAFile(@TempDir Path temp) throws Exception {
        var file = Files.writeString(temp.resolve("f"), "log.dirs=file\nnum.partitions=1\nbroker.rack=r\n");
        var words = "--data flag --set log.dirs=set --set=num.partitions=2 --config " + file;
        assertEquals(
                Map.of("log.dirs", "flag", "num.partitions", "2", "broker.rack", "r"),
                read(words).settings().texts());
    }

    @Test
    void wrongSettingsAreToldOneToALine() {
        var refused = assertThrows(
                StartRefused.class,
                () -> read("--set a=1 --set num.partitions=x").settings());
        assertEquals(
                "--set: a: is not a setting" + System.lineSeparator()
                        + "millrace: --set: num.partitions: 'x' must be a whole number",
                refused.getMessage());
    }

    @Test
    void theHelpNamesEveryFlagAndFitsAScreen() {
        for (var flag : List.of("data", "listen", "advertise", "http", "config", "set", "insecure", "help")) {
            assertTrue(Flags.HELP.contains("\n  --" + flag + " "), flag);
        }
        assertEquals(
                List.of(),
                Flags.HELP.lines().filter(line -> line.length() > 110).toList());
    }

    private static Flags read(String words) throws StartRefused {
        return Flags.read(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)));
    }
}
