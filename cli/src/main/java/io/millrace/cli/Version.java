package io.millrace.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace version`
@Command(
        name = "version",
        description = "Print the version of this program and, when one answers, what the cluster says of itself.",
        footer = {"", "A cluster that does not answer is no failure: the exit code is 0."})
final class Version extends Action {

    @Mixin
    private final Connect connect = new Connect();

    @Option(names = "--json", description = "Print one JSON document instead of text.")
    private boolean json;

    /// What the cluster says. Protocol and brokers do not tell a program's version; the feature levels stand for it.
    private record Told(String clusterId, int nodes, Map<String, Short> features) {}

    @Override
    int run() throws Exception {
        var program = own();
        var java = Runtime.version().toString();
        Failure silent = null;
        Told told = null;
        try (var admin = connect.admin(surroundings())) {
            told = ask(admin);
        } catch (Exception e) {
            silent = Explain.cluster(e, connect.shown(surroundings()), connect.timeout());
            if (silent.exit() == Exit.USAGE) throw silent;
        }
        if (json) {
            out().line(Json.of(Json.object("millrace", program, "java", java, "cluster", tree(told))));
        } else {
            out().line("millrace  " + program);
            out().line("java      " + java);
            out().line("cluster   " + words(told, silent));
        }
        return Exit.OK;
    }

    private static Told ask(Admin admin) throws Exception {
        var cluster = admin.describeCluster();
        var features = new TreeMap<String, Short>();
        AdminAction.await(admin.describeFeatures().featureMetadata())
                .finalizedFeatures()
                .forEach((name, range) -> features.put(name, range.maxVersionLevel()));
        return new Told(
                AdminAction.await(cluster.clusterId()),
                AdminAction.await(cluster.nodes()).size(),
                features);
    }

    private @Nullable Object tree(@Nullable Told told) {
        if (told == null) return null;
        return Json.object(
                "bootstrap", connect.shown(surroundings()),
                "id", told.clusterId(),
                "nodes", told.nodes(),
                "features", told.features());
    }

    private String words(@Nullable Told told, @Nullable Failure silent) {
        if (told == null) return silent == null ? "unknown" : String.valueOf(silent.getMessage());
        var words = new StringBuilder("%s at %s, %s"
                .formatted(told.clusterId(), connect.shown(surroundings()), Sizes.count(told.nodes(), "node")));
        told.features().forEach((name, level) -> words.append(String.format(Locale.ROOT, ", %s %d", name, level)));
        return words.toString();
    }

    @Override
    Failure explain(Exception thrown) {
        return Explain.cluster(thrown, connect.shown(surroundings()), connect.timeout());
    }

    /// The version this program was built as.
    static String own() throws IOException {
        var properties = new Properties();
        try (var in = Objects.requireNonNull(Version.class.getResourceAsStream("version.properties"))) {
            properties.load(in);
        }
        return properties.getProperty("version", "unknown");
    }

    /// For `--version`.
    static final class Own implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            return new String[] {"millrace " + own()};
        }
    }
}
