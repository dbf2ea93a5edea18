package io.millrace.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The archive that people download, unpacked as they do it: everything is in it, and it runs.
class TarballScenario {

    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final String VERSION = System.getProperty("dist.version", "");

    @TempDir
    private static Path folder;

    private static Path home;

    @BeforeAll
    static void unpack() throws Exception {
        assertEquals("", run("tar", "xzf", System.getProperty("dist.tarball", "")));
        home = folder.resolve("millrace-" + VERSION);
    }

    @Test
    void itHoldsWhatPeopleNeedAndNothingElse() throws Exception {
        assertEquals(
                new TreeSet<>(List.of("CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "bin", "docs", "lib")),
                names(home));
        assertEquals(names(Path.of("../docs")), names(home.resolve("docs")));
        assertTrue(names(home.resolve("docs")).contains("cli.md"));
        assertEquals(new TreeSet<>(List.of("millrace")), names(home.resolve("bin")));
        for (var room : List.of("node", "cli")) {
            assertTrue(Files.exists(home.resolve("lib/io.millrace." + room + "-" + VERSION + ".jar")), room);
        }
    }

    @Test
    void noPageOfItsDocsLinksToNothing() throws Exception {
        var broken = new ArrayList<String>();
        for (var page : names(home.resolve("docs"))) {
            var file = home.resolve("docs").resolve(page);
            var links = LINK.matcher(Files.readString(file));
            while (links.find()) {
                if (!Files.exists(file.resolveSibling(links.group(1)))) broken.add(page + ": " + links.group(1));
            }
        }
        assertEquals(List.of(), broken);
        var readme = Files.readString(home.resolve("README.md"));
        assertTrue(readme.contains("](docs/cli.md)"));
    }

    @Test
    void itRunsWhereItWasUnpacked() throws Exception {
        assertEquals("millrace " + VERSION + "\n", run(home + "/bin/millrace", "--version"));
        assertFalse(Files.exists(home.resolve("pom.xml")));
    }

    private static Set<String> names(Path dir) throws IOException {
        try (var files = Files.list(dir)) {
            var names = new TreeSet<String>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    /// What a command prints; it must end well.
    private static String run(String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("MILLRACE_AOT", "off");
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
