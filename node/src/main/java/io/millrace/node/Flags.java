package io.millrace.node;

import io.millrace.model.config.Nearest;
import io.millrace.model.config.Settings;
import io.millrace.model.config.SettingsReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The command line of `millrace start`, read: most flags are short for a setting.
///
/// @param files  what `--config` names, in order
/// @param sets   what `--set` says, in order
/// @param values of the other flags, by flag
record Flags(List<Path> files, List<String> sets, Map<String, String> values) {

    private static final String FILE = "--config";
    private static final String SET = "--set";
    private static final String INSECURE = "--insecure";

    /// The setting each flag is short for, and the setting's value with the flag's in it.
    private record Meant(String setting, String value) {}

    private static final Map<String, Meant> SHORTS = Map.of(
            "--data",
            new Meant("log.dirs", "%s"),
            "--listen",
            new Meant("listeners", "PLAINTEXT://%s"),
            "--advertise",
            new Meant("advertised.listeners", "PLAINTEXT://%s"),
            "--http",
            new Meant("http.listen", "%s"),
            INSECURE,
            new Meant("insecure.ok", "true"));

    static final String HELP = """
            Usage: millrace start [--data DIR] [--listen HOST:PORT] [--advertise HOST:PORT] [--http HOST:PORT]
                                  [--config FILE]... [--set KEY=VALUE]... [--insecure]
            Start a node: broker and metadata quorum in one process.

              --data DIR             Where data is kept (default: ./data).
              --listen HOST:PORT     Where Kafka clients connect (default: 127.0.0.1:9092). Port 0: any free port.
              --advertise HOST:PORT  The address that clients are told, where it differs from --listen.
              --http HOST:PORT       Where health and metrics are served (default: 127.0.0.1:9644), or 'off'.
              --config FILE          A file of settings, as Kafka's server.properties. May be repeated; the last wins.
              --set KEY=VALUE        One setting. May be repeated.
              --insecure             Allow listeners that other machines can reach, without encryption or access
                                     control.
              --help                 Show this.

            Settings have Kafka's names; docs/configuration.md lists them. A flag wins over --set, --set over a file.

            Exit codes:
              1    it could not start; a sentence says why
              2    the command line or a setting is wrong
              69   the launcher found no JDK, or could not build
              130  stopped by Ctrl-C, after everything was put in order
              143  stopped by SIGTERM, likewise
            """;

    /// What people who know Kafka's start script type, and how it is said here.
    private static final Map<String, String> KAFKA_WORDS = Map.of(
            "--override", "here it is --set KEY=VALUE.",
            "-daemon", "it runs in the foreground; a service manager or a & puts it into the background.");

    /// @throws StartRefused when a word makes no sense; says what does
    static Flags read(List<String> words) throws StartRefused {
        var flags = new Flags(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        for (var rest = words.iterator(); rest.hasNext(); ) {
            var word = rest.next();
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            var flag = equals < 0 ? word : word.substring(0, equals);
            if (!isKnown(flag)) throw unknown(word, flag);
            if (flag.equals(INSECURE)) flags.add(flag, "");
            else flags.add(flag, equals < 0 ? behind(flag, rest) : word.substring(equals + 1));
        }
        return flags;
    }

    private static String behind(String flag, Iterator<String> rest) throws StartRefused {
        var value = rest.hasNext() ? rest.next() : "";
        if (value.isEmpty() || isKnown(value)) throw misread(flag + " needs a value behind it;");
        return value;
    }

    /// Everything it says, as settings, checked.
    Settings settings() throws StartRefused {
        var reader = new SettingsReader();
        for (var file : files) reader.file(file.toString(), SettingsFile.read(file));
        reader.sets(sets);
        SHORTS.forEach((flag, meant) -> {
            var value = values.get(flag);
            if (value != null) reader.flag(flag, meant.setting(), meant.value().formatted(value));
        });
        var settings = reader.read();
        if (settings.problems().isEmpty()) return settings;
        var sentences =
                settings.problems().stream().map(Settings.Problem::toString).toList();
        throw StartRefused.usage(String.join(System.lineSeparator() + "millrace: ", sentences));
    }

    private static boolean isKnown(String flag) {
        return flag.equals(FILE) || flag.equals(SET) || SHORTS.containsKey(flag);
    }

    private void add(String flag, String value) throws StartRefused {
        switch (flag) {
            case FILE -> files.add(Path.of(value));
            case SET -> sets.add(value);
            default -> {
                if (values.putIfAbsent(flag, value) != null) throw misread(flag + " is given twice;");
            }
        }
    }

    private static StartRefused unknown(String word, String flag) {
        if (!word.startsWith("-")) {
            return misread("'%s' is one argument too many; a file of settings is named with --config.".formatted(word));
        }
        var instead = KAFKA_WORDS.getOrDefault(flag, nearest(flag));
        return misread("start has no option '%s'; %s".formatted(word, instead));
    }

    private static String nearest(String flag) {
        var names = Stream.concat(Stream.of(FILE, SET), SHORTS.keySet().stream())
                .map(known -> known.substring(2))
                .toList();
        var near = Nearest.to(flag.replaceFirst("^-+", ""), names);
        return near == null ? "" : "did you mean --" + near + "?";
    }

    private static StartRefused misread(String what) {
        boolean isSentence = what.endsWith(".") || what.endsWith("?");
        var see = isSentence ? " See " : " see ";
        return StartRefused.usage(what.strip() + see + Main.program() + " start --help");
    }
}
