package io.millrace.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MisreadTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            --bogus, start has no option '--bogus'; see
            --dtaa x, start has no option '--dtaa'; did you mean --data? See
            --listne=a:1, start has no option '--listne=a:1'; did you mean --listen? See
            --override a=b, start has no option '--override'; here it is --set KEY=VALUE. See
            --data, missing required parameter for option '--data' (DIR); see
            --data a --data b, option '--data' (DIR) should be specified only once; see
            f, 'f' is one argument too many; a file of settings is named with --config f. See
            """)
    void whatCannotBeReadIsSaidInOneSentence(String words, String said) {
        var line = new CommandLine(new StartCommand());
        var thrown = assertThrows(CommandLine.ParameterException.class, () -> line.parseArgs(words.split(" ", -1)));
        assertEquals(said + " bin/millrace start --help", Misread.sentence(thrown, "bin/millrace"));
    }
}
