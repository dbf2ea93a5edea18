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
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The plan of the house, checked against the compiled classes. Maven keeps rooms apart; this test keeps
/// thinking rooms free of the world, and libraries in the rooms they belong to, which Maven cannot see.
class FloorsTest {

    private static final String NULL_MARKED = "org/jspecify/annotations/NullMarked";

    /// The checkout: this module's folder is one of its rooms'.
    private static final Path HOUSE = Path.of(System.getProperty("basedir", ""))
            .toAbsolutePath()
            .resolveSibling(".")
            .normalize();

    @TempDir
    Path scratch;

    @Test
    void noRoomReachesForWhatItMustNotKnow() throws IOException {
        var found = new TreeSet<String>();
        for (var uses : everyClass()) found.addAll(Plan.breaches(uses));
        assertEquals("", String.join("\n", found));
    }

    @Test
    void everyPackageHasADoorPlateThatRefusesNull() throws IOException {
        var packages = new TreeSet<String>();
        var plated = new TreeSet<String>();
        for (var uses : everyClass()) {
            String itsPackage = uses.name().substring(0, uses.name().lastIndexOf('/'));
            packages.add(itsPackage);
            if (uses.name().endsWith("/package-info") && uses.annotations().contains(NULL_MARKED)) {
                plated.add(itsPackage);
            }
        }
        packages.removeAll(plated);
        assertEquals(Set.of(), packages, "packages without a package-info.java that says @NullMarked");
    }

    @Test
    void everyRoomKeepsToItsOwnPackage() throws IOException {
        for (var room : rooms()) {
            for (var uses : classesIn(room)) {
                assertEquals(room.getFileName().toString(), Plan.ownerOf(uses.name()), uses.name() + " is in " + room);
            }
        }
    }

    @Test
    void everyRoomWithSourcesWasCompiledAndIsInThePlan() throws IOException {
        for (var room : rooms()) {
            String name = room.getFileName().toString();
            assertTrue(Plan.FLOORS.containsKey(name), name + " has sources and is not in the plan");
            assertFalse(classesIn(room).isEmpty(), name + " has sources and no compiled classes");
        }
    }

    /// The plan itself, spot by spot, so that a slip in its tables does not quietly allow everything.
    @ParameterizedTest
    @CsvSource({
        "wire, model, true",
        "model, wire, false",
        "disk, model, true",
        "disk, folder, false",
        "folder, disk, true",
        "folder, log, false",
        "log, disk, true",
        "log, folder, true",
        "log, model, true",
        "log, wire, false",
        "log, net, false",
        "net, log, false",
        "net, wire, false",
        "metadata, log, false",
        "metadata, coordinator, false",
        "coordinator, model, true",
        "coordinator, replica, false",
        "replica, log, true",
        "replica, coordinator, false",
        "replica, quorum, false",
        "replica, client, true",
        "quorum, client, true",
        "quorum, log, false",
        "quorum, disk, false",
        "quorum, replica, false",
        "client, log, false",
        "client, wire, true",
        "broker, http, false",
        "broker, coordinator, true",
        "http, broker, false",
        "http, replica, false",
        "http, log, false",
        "node, broker, true",
        "node, cli, false",
        "cli, node, false",
        "cli, broker, false",
        "cli, wire, true",
        "sim, log, true",
        "sim, disk, true",
        "sim, wire, true",
        "sim, net, true",
        "sim, metadata, true",
        "sim, replica, true",
        "sim, broker, false",
        "sim, coordinator, false",
        "node, sim, false",
        "cli, sim, false",
    })
    void theFloorsAreAsDrawn(String from, String to, boolean allowed) {
        assertEquals(allowed, Plan.mayName(from, to), from + " naming " + to);
    }

    @Test
    void aMindThatSleepsIsFound() throws IOException {
        assertFinds("io/millrace/metadata/Sleeper -> java/lang/Thread (metadata only thinks)", "metadata.Sleeper", """
                package io.millrace.metadata;
                class Sleeper { void rest() throws InterruptedException { Thread.sleep(1); } }
                """);
    }

    @Test
    void aMindThatLooksAtTheClockIsFound() throws IOException {
        assertFinds(
                "io/millrace/coordinator/Watcher -> java/lang/System#nanoTime (coordinator only thinks)",
                "coordinator.Watcher",
                """
                package io.millrace.coordinator;
                class Watcher { long now() { return System.nanoTime(); } }
                """);
    }

    @Test
    void aMindThatNamesALockOnlyInASignatureIsFound() throws IOException {
        assertFinds(
                "io/millrace/coordinator/Waiter -> java/util/concurrent/CountDownLatch (coordinator only thinks)",
                "coordinator.Waiter",
                """
                package io.millrace.coordinator;
                interface Waiter { void on(java.util.List<java.util.concurrent.CountDownLatch> latches); }
                """);
    }

    @Test
    void aMindMayCopyArraysAndViewBuffers() throws IOException {
        assertEquals(Set.of(), Plan.breaches(compile("metadata.Copier", """
                package io.millrace.metadata;
                class Copier {
                    byte[] copy(java.nio.ByteBuffer from) {
                        var to = new byte[8];
                        System.arraycopy(from.array(), 0, to, 0, 8);
                        return to;
                    }
                }
                """)));
    }

    @Test
    void aRoomThatNamesItsNeighbourIsFound() throws IOException {
        assertFinds("io/millrace/net/Peeping -> io/millrace/log/Secret (net may not name log)", "net.Peeping", """
                package io.millrace.net;
                class Peeping { io.millrace.log.Secret secret; }
                """);
    }

    @Test
    void ratisOutsideTheQuorumIsFound() throws IOException {
        assertFinds(
                "io/millrace/node/Voter -> org/apache/ratis/server/RaftServer (belongs to [quorum])",
                "node.Voter",
                """
                package io.millrace.node;
                class Voter { org.apache.ratis.server.RaftServer server; }
                """);
    }

    @Test
    void aFileOutsideTheRoomOfFilesIsFound() throws IOException {
        assertFinds(
                "io/millrace/replica/Scribe -> java/nio/channels/FileChannel (belongs to [cli, disk, node, quorum])",
                "replica.Scribe",
                """
                package io.millrace.replica;
                class Scribe { java.nio.channels.FileChannel file; }
                """);
    }

    @Test
    void moreOfKafkaThanTwoWordsIsFound() throws IOException {
        assertFinds(
                "io/millrace/log/Reader -> org/apache/kafka/common/TopicPartition (log knows Uuid and Errors only)",
                "log.Reader",
                """
                package io.millrace.log;
                class Reader {
                    org.apache.kafka.common.Uuid allowed;
                    org.apache.kafka.common.TopicPartition refused;
                }
                """);
    }

    @Test
    void aNameThatSaysNothingIsFound() throws IOException {
        assertFinds("io/millrace/broker/TopicManager has a name that says nothing", "broker.TopicManager", """
                package io.millrace.broker;
                class TopicManager {}
                """);
    }

    private void assertFinds(String breach, String className, String source) throws IOException {
        assertEquals(Set.of(breach), Plan.breaches(compile(className, source)));
    }

    /// Compiles `source` as `io.millrace.<className>`, beside a class `io.millrace.log.Secret` that it
    /// may look at.
    private Uses compile(String className, String source) throws IOException {
        var file = scratch.resolve("Counterexample").resolve(className.substring(className.indexOf('.') + 1) + ".java");
        var secret = scratch.resolve("Secret.java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
        Files.writeString(secret, "package io.millrace.log; public class Secret {}");
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", scratch.toString(), secret.toString(), file.toString());
        assertEquals(0, code, "the counterexample compiles");
        return Uses.of(
                Files.readAllBytes(scratch.resolve("io/millrace").resolve(className.replace('.', '/') + ".class")));
    }

    private static List<Uses> everyClass() throws IOException {
        var all = new ArrayList<Uses>();
        for (var room : rooms()) all.addAll(classesIn(room));
        assertFalse(all.isEmpty(), "no classes below " + HOUSE);
        return all;
    }

    private static List<Uses> classesIn(Path room) throws IOException {
        var classes = room.resolve("target/classes");
        if (!Files.isDirectory(classes)) return List.of();
        try (var files = Files.walk(classes)) {
            var found = new ArrayList<Uses>();
            for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                found.add(Uses.of(Files.readAllBytes(file)));
            }
            return found;
        }
    }

    /// The modules that hold code of the product.
    private static List<Path> rooms() throws IOException {
        try (var folders = Files.list(HOUSE)) {
            return folders.filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
                    .sorted()
                    .toList();
        }
    }
}
